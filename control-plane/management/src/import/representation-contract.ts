import type { JsonObject } from '@vigia/contract';
import { compact, fieldOf, isObject, objectOf } from './document-fields.ts';
import { firstExample, formParameters, type ParameterContext } from './parameter-contract.ts';
import { mediaTypeStem } from './schema-library.ts';

const isForm = (contentType: string): boolean =>
  /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\s*(?:;|$)/i.test(contentType);

/**
 * ARM's representations of a body: one a content type. Forms have form parameters instead of a schema.
 * `context.place` is a request's (`PetsPost`) or an answer's (`PetsPost200`).
 */
export function representations(
  body: JsonObject | undefined,
  side: 'Request' | 'Response',
  context: ParameterContext,
): readonly JsonObject[] {
  return Object.entries(objectOf(body, 'content') ?? {}).map(([contentType, value]) => {
    const media = isObject(value) ? value : undefined;
    const schema = fieldOf(media, 'schema');
    const examples = firstExample(media, context, false);
    if (side === 'Request' && isForm(contentType))
      return compact({ contentType, formParameters: formParameters(schema, context), examples });
    const place = side === 'Request' ? context.place : `${context.place}${mediaTypeStem(contentType)}`;
    const reference = context.library.refer(schema, `${place}${side}`);
    return compact({ contentType, ...(reference ? { ...reference } : {}), examples });
  });
}
