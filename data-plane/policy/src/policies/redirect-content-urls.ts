import type { MutableUrl, PolicyContext } from '../context.ts';
import { definePolicy } from '../definition.ts';
import { isRequestSection, messageOf, setBodyText, textOfBody } from './message.ts';

const hostOf = ({ scheme, host, port }: Readonly<MutableUrl>): string =>
  port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;

/** Scheme, host and base path of the backend, and those by which the client reaches the same API. */
function bases(context: PolicyContext): { readonly backend: string; readonly gateway: string } {
  const { url, originalUrl } = context.request;
  const own = context.api?.serviceUrl;
  const path = context.backendBasePath ?? (own && URL.canParse(own) ? new URL(own).pathname.replace(/\/$/, '') : '');
  const apiPath = context.api?.path ? `/${context.api.path}` : '';
  return {
    backend: `${url.scheme}://${hostOf(url)}${path}`,
    gateway: `${originalUrl.scheme}://${hostOf(originalUrl)}${apiPath}`,
  };
}

export const redirectContentUrls = definePolicy({
  name: 'redirect-content-urls',
  sections: ['inbound', 'outbound'],
  isOncePerSection: true,
  needs: ({ section }) => (isRequestSection(section) ? { request: true } : { response: true }),
  compile(element) {
    return async (context) => {
      const { backend, gateway } = bases(context);
      const isRequest = isRequestSection(element.section);
      const [from, to] = isRequest ? [gateway, backend] : [backend, gateway];
      const message = messageOf(context, element.section);
      const location = message.headers.get('Location');
      if (location)
        message.headers.set(
          'Location',
          location.map((value) => value.replaceAll(from, () => to)),
        );
      const text = await textOfBody(message);
      if (text?.includes(from))
        setBodyText(
          message,
          text.replaceAll(from, () => to),
        );
      return undefined;
    };
  },
});
