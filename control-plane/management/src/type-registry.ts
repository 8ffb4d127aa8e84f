import type { ResourceType } from '@vigia/resource';
import { namespaceOf } from './arm-path.ts';
import type { ArmRoute, Provider, TypeRules } from './rules.ts';

/** What the engine knows of a stored type: the store's facts and the provider's rules. */
export interface TypeFacts extends ResourceType {
  readonly rules: TypeRules;
}

export interface TypeRegistry {
  /** Stored types; any case. */
  type(type: string): TypeFacts | undefined;
  types(): readonly TypeFacts[];
  provider(namespace: string): Provider | undefined;
  providers(): readonly Provider[];
  route(method: string, path: string): ArmRoute | undefined;
  /** Methods of the routes that a path has. */
  methods(path: string): readonly string[];
  /** Azure has it, Vigia has not. */
  isNotHere(type: string): boolean;
}

export function createTypeRegistry(stored: readonly ResourceType[], providers: readonly Provider[]): TypeRegistry {
  const rules = new Map(providers.flatMap(({ types }) => types.map((each) => [each.type.toLowerCase(), each])));
  const types = new Map(
    stored.map((each): [string, TypeFacts] => {
      const own = rules.get(each.type.toLowerCase()) ?? { type: each.type };
      const needsIfMatch = own.needsIfMatch ?? each.needsIfMatch;
      return [each.type.toLowerCase(), { ...each, needsIfMatch, rules: own }];
    }),
  );
  const byNamespace = new Map(providers.map((each) => [each.namespace.toLowerCase(), each]));
  const routes = new Map<string, Map<string, ArmRoute>>();
  for (const route of providers.flatMap((each) => each.routes)) {
    const path = route.path.toLowerCase();
    const methods = routes.get(path) ?? new Map<string, ArmRoute>();
    methods.set(route.method, route);
    routes.set(path, methods);
  }
  const notHere = new Set(
    providers.flatMap(({ namespace, notHere: names }) => names.map((name) => `${namespace}/${name}`.toLowerCase())),
  );
  return {
    type: (type) => types.get(type.toLowerCase()),
    types: () => [...types.values()],
    provider: (namespace) => byNamespace.get(namespace.toLowerCase()),
    providers: () => providers,
    route: (method, path) => routes.get(path.toLowerCase())?.get(method === 'HEAD' ? 'GET' : method),
    methods: (path) => [...(routes.get(path.toLowerCase())?.keys() ?? [])],
    isNotHere(type) {
      const segments = type.toLowerCase().split('/');
      // Whatever lies below a type that is not here is not here either.
      return segments.some((_, index) => notHere.has(segments.slice(0, index + 1).join('/')));
    },
  };
}

export const shortType = (type: string): string => type.slice(namespaceOf(type).length + 1);
