import { bench, describe } from 'vitest';
import { labAtOnce, newInstallation, put, service } from './installation.fixture.ts';

const installation = await newInstallation();
const store = await installation.open();
await labAtOnce(store);
await store.change(
  Array.from({ length: 300 }, (_, api) => [
    put(`${service}/apis/api-${api}`, { displayName: `API ${api}`, path: `path-${api}` }),
    ...Array.from({ length: 50 }, (_, operation) =>
      put(`${service}/apis/api-${api}/operations/operation-${operation}`, {
        displayName: `Operation ${operation}`,
        method: 'GET',
        urlTemplate: `/things-${operation}/{id}`,
        templateParameters: [{ name: 'id', type: 'string', required: true }],
      }),
    ),
  ]).flat(),
);
let count = 0;

describe('300 APIs with 50 operations each', () => {
  bench(
    'one subscription changes',
    async () => {
      count += 1;
      await store.change([put(`${service}/subscriptions/bench`, { displayName: `Bench ${count}`, scope: '/apis' })]);
    },
    { time: 3000 },
  );
  bench(
    'one API changes',
    async () => {
      count += 1;
      await store.change([
        put(`${service}/apis/api-7`, { displayName: `API ${count}`, path: 'path-7', serviceUrl: `https://a/${count}` }),
      ]);
    },
    {
      time: 3000,
      async teardown(_task, mode) {
        if (mode === 'run') await installation.remove();
      },
    },
  );
});
