import { createHash } from 'node:crypto';
import type {
  ApiSnapshot,
  BackendSnapshot,
  DiagnosticSnapshot,
  OperationSnapshot,
  ServiceSnapshot,
  Snapshot,
} from '@vigia/contract';
import type { Pipeline, PolicyCompiler, ScopedDiagnostic, ScopedDocument } from '@vigia/policy';
import { ApiTree } from './api-tree.ts';
import { type ApiAccess, accessOf, KeyRing } from './key-ring.ts';
import { OperationTree } from './operation-tree.ts';

/** The pipelines of one scope: without a product, and one for each product that brings a policy. */
export interface Pipelines {
  readonly plain: Pipeline;
  /** By product id in lower case. */
  readonly byProduct: ReadonlyMap<string, Pipeline>;
}

export interface CompiledOperation {
  readonly operation: OperationSnapshot;
  readonly pipelines: Pipelines;
}

export interface CompiledApi {
  readonly api: ApiSnapshot;
  readonly access: ApiAccess;
  readonly operations: OperationTree<CompiledOperation>;
  /** For what matched no operation. */
  readonly fallback: Pipeline;
  readonly diagnostic: DiagnosticSnapshot | undefined;
  readonly keyHeader: string;
  /** Lower case. */
  readonly keyQuery: string;
  readonly serviceUrl: URL | undefined;
}

export interface CompiledService {
  readonly service: ServiceSnapshot;
  readonly apis: ApiTree<CompiledApi>;
  readonly keys: KeyRing;
  /** For what matched no API. */
  readonly fallback: Pipeline;
  /** By id in lower case. */
  readonly backends: ReadonlyMap<string, BackendSnapshot>;
}

export interface PolicyFault {
  readonly service: string;
  readonly scope: string;
  readonly diagnostic: ScopedDiagnostic;
}

/** One snapshot, compiled: nothing of it is parsed or searched for again while it is in force. */
export interface Configuration {
  readonly snapshot: Snapshot;
  /** By host in lower case, without port. */
  readonly byHost: ReadonlyMap<string, CompiledService>;
  readonly defaultService: CompiledService | undefined;
  readonly faults: readonly PolicyFault[];
  /** What was compiled, by content: the next snapshot takes over what did not change. */
  readonly pipelines: ReadonlyMap<string, Pipeline>;
}

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Compiles all routes, keys and pipelines, giving way to requests between APIs. */
export async function compileConfiguration(
  snapshot: Snapshot,
  compiler: Pick<PolicyCompiler, 'compile'>,
  previous?: Configuration,
): Promise<Configuration> {
  const faults: PolicyFault[] = [];
  const pipelines = new Map<string, Pipeline>();
  const byHost = new Map<string, CompiledService>();
  let defaultService: CompiledService | undefined;
  for (const service of snapshot.services) {
    const surroundings = { namedValues: service.namedValues, fragments: service.fragments, backends: service.backends };
    const around = createHash('sha256')
      .update(JSON.stringify([service.id, surroundings]))
      .digest('base64');
    const compile = (documents: readonly ScopedDocument[]): Pipeline => {
      const key = `${around} ${JSON.stringify(documents)}`;
      const known = pipelines.get(key) ?? previous?.pipelines.get(key);
      if (known !== undefined) {
        pipelines.set(key, known);
        return known;
      }
      const { pipeline, diagnostics } = compiler.compile({ ...surroundings, documents });
      for (const diagnostic of diagnostics)
        faults.push({ service: service.name, scope: documents.at(-1)?.scope ?? 'global', diagnostic });
      // A pipeline with mistakes is compiled again next time, so that its mistakes are told again.
      if (diagnostics.length === 0) pipelines.set(key, pipeline);
      return pipeline;
    };
    const apis = new ApiTree<CompiledApi>();
    for (const api of service.apis) {
      apis.add(api, compileApi(api, service, compile));
      await breath();
    }
    const compiled: CompiledService = {
      service,
      apis,
      keys: new KeyRing(snapshot.keyHashSecret, service.subscriptions),
      fallback: compile(documentsOf(['global', service.policy])),
      backends: new Map(service.backends.map((backend) => [backend.id.toLowerCase(), backend])),
    };
    for (const host of service.hosts) byHost.set(host.toLowerCase(), compiled);
    if (service.isDefault) defaultService = compiled;
  }
  return { snapshot, byHost, defaultService, faults, pipelines };
}

function compileApi(
  api: ApiSnapshot,
  service: ServiceSnapshot,
  compile: (documents: readonly ScopedDocument[]) => Pipeline,
): CompiledApi {
  const access = accessOf(api, service);
  const operations = new OperationTree<CompiledOperation>();
  for (const operation of api.operations) {
    const inner = [
      ['api', api.policy],
      ['operation', operation.policy],
    ] as const;
    const byProduct = new Map<string, Pipeline>();
    for (const [id, product] of access.products) {
      if (product.policy === undefined) continue;
      byProduct.set(id, compile(documentsOf(['global', service.policy], ['product', product.policy], ...inner)));
    }
    const pipelines = { plain: compile(documentsOf(['global', service.policy], ...inner)), byProduct };
    operations.add(operation, { operation, pipelines });
  }
  const { serviceUrl } = api;
  return {
    api,
    access,
    operations,
    fallback: compile(documentsOf(['global', service.policy], ['api', api.policy])),
    diagnostic: api.diagnostic ?? service.diagnostic,
    keyHeader: api.subscriptionKeyParameterNames.header,
    keyQuery: api.subscriptionKeyParameterNames.query.toLowerCase(),
    serviceUrl: serviceUrl !== undefined && URL.canParse(serviceUrl) ? new URL(serviceUrl) : undefined,
  };
}

function documentsOf(
  ...candidates: readonly (readonly [ScopedDocument['scope'], string | undefined])[]
): ScopedDocument[] {
  return candidates.flatMap(([scope, text]) => (text === undefined ? [] : [{ scope, text }]));
}
