import { invalidDefinition } from './invalid-definition.ts';

export interface DefinitionFormat {
  readonly syntax: 'json' | 'yaml';
  readonly dialect: 'openapi' | 'swagger';
  /** The value is the address of the document, not the document. */
  readonly isLink: boolean;
}

const formats: Readonly<Record<string, DefinitionFormat>> = {
  openapi: { syntax: 'yaml', dialect: 'openapi', isLink: false },
  'openapi-link': { syntax: 'yaml', dialect: 'openapi', isLink: true },
  'openapi+json': { syntax: 'json', dialect: 'openapi', isLink: false },
  'openapi+json-link': { syntax: 'json', dialect: 'openapi', isLink: true },
  'swagger-json': { syntax: 'json', dialect: 'swagger', isLink: false },
  'swagger-link-json': { syntax: 'json', dialect: 'swagger', isLink: true },
  'swagger-link': { syntax: 'json', dialect: 'swagger', isLink: true },
};

/** Formats of Azure that have no counterpart here, by what they describe. */
const unsupported: Readonly<Record<string, string>> = {
  wsdl: 'SOAP',
  'wsdl-link': 'SOAP',
  'wadl-xml': 'WADL',
  'wadl-link-json': 'WADL',
  'graphql-link': 'GraphQL',
  odata: 'OData',
  'odata-link': 'OData',
  grpc: 'gRPC',
  'grpc-link': 'gRPC',
};

/** @throws {Problem} for a format that is not imported. */
export function findDefinitionFormat(name: string): DefinitionFormat {
  const key = name.toLowerCase();
  const format = Object.hasOwn(formats, key) ? formats[key] : undefined;
  if (format) return format;
  const imported = `Imported are: ${Object.keys(formats).join(', ')}.`;
  const described = Object.hasOwn(unsupported, key) ? unsupported[key] : undefined;
  throw invalidDefinition([
    described === undefined
      ? `The format '${name}' is unknown. ${imported}`
      : `The format '${name}' is not supported: ${described} definitions cannot be imported. ${imported}`,
  ]);
}
