/** Makes APIs, each with its operation, link and subscription in one list of changes, until it is killed. */
const [, , module, folder, subscriptionId, round] = process.argv;
const { openMasterKey, openResourceStore } = await import(module);
const masterKey = await openMasterKey(`${folder}/secrets`);
const quiet = { info() {}, warn() {}, error() {} };
const origin = 'http://127.0.0.1:1';
const store = await openResourceStore({
  configFolder: `${folder}/config`,
  secretsFolder: `${folder}/secrets`,
  snapshotFile: `${folder}/snapshot/snapshot.sealed`,
  masterKey,
  tenantId: '22222222-2222-2222-2222-222222222222',
  subscriptionId,
  addresses: { gateway: origin, management: origin, openai: origin },
  policy: { check: () => [], completeDocument: (text) => text, toRawXml: (text) => text },
  publish: async () => {},
  clock: Date,
  logger: quiet,
});
const service = `/subscriptions/${subscriptionId}/resourceGroups/rg-activategenai/providers/Microsoft.ApiManagement/service/apim-contoso`;
process.stdout.write('ready\n');
for (let n = 0; ; n += 1) {
  const name = `killed-${round}-${n}`;
  const put = (path, properties) => ({ kind: 'put', id: `${service}/${path}`, body: { properties } });
  await store.change([
    put(`apis/${name}`, { displayName: name, path: name }),
    put(`apis/${name}/operations/get`, { displayName: 'get', method: 'GET', urlTemplate: '/' }),
    put(`products/openai/apis/${name}`, {}),
    put(`subscriptions/${name}`, { displayName: name, scope: `/apis/${name}` }),
  ]);
  process.stdout.write(`${name}\n`);
}
