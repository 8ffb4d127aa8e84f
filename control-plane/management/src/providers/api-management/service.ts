import { Problem } from '@vigia/problem';
import { sameText } from '../../arm-path.ts';
import { listAnswer } from '../../list-answer.ts';
import { type ArmRoute, json, type TypeRules } from '../../rules.ts';
import { serviceType } from './service-id.ts';

export const serviceRules: readonly TypeRules[] = [{ type: serviceType }];

const deletedType = 'Microsoft.ApiManagement/deletedservices';

export const serviceRoutes: readonly ArmRoute[] = [
  {
    method: 'POST',
    path: 'Microsoft.ApiManagement/checkNameAvailability',
    run({ body, context }) {
      const name = body?.['name'];
      if (typeof name !== 'string' || name === '') {
        throw new Problem({ code: 'InvalidRequestContent', status: 400, message: "The body needs 'name'." });
      }
      const services = context.store.list({ type: serviceType, under: `/subscriptions/${context.subscriptionId}` });
      if (services.some((service) => sameText(service.name, name))) {
        return json({
          nameAvailable: false,
          reason: 'AlreadyExists',
          message: `${name} is already in use. Please select a different name.`,
        });
      }
      const isName = name.length <= 50 && /^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(name);
      if (isName) return json({ nameAvailable: true, reason: 'Valid', message: '' });
      const message = `${name} is not a name of a service: 1 to 50 letters, digits and dashes, from a letter to a letter or digit.`;
      return json({ nameAvailable: false, reason: 'Invalid', message });
    },
  },
  {
    method: 'GET',
    path: `${serviceType}/regions`,
    run: (call, service) =>
      listAnswer(call, service === undefined ? [] : [service], {
        hasCount: true,
        show: ({ location }) => ({ name: location, isMasterRegion: true, isDeleted: false }),
      }),
  },
  // A deleted service is gone at once: the list is empty, and none can be found by name.
  { method: 'GET', path: deletedType, run: (call) => listAnswer(call, [], { show: (each) => each }) },
  {
    method: 'GET',
    path: 'Microsoft.ApiManagement/locations/deletedservices/{name}',
    run({ target }) {
      const name = target.kind === 'resource' ? target.name : '';
      throw new Problem({
        code: 'ServiceNotFound',
        status: 404,
        message: `The deleted API Management service '${name}' was not found: services are deleted for good.`,
      });
    },
  },
];
