import { ARITHMETIC } from '../operators/arithmetic.ts';
import { COMPARISON } from '../operators/comparison.ts';
import { TEXT_MATCH } from '../operators/text-match.ts';
import { ARRAY } from './array.ts';
import { COMMAND_LINE } from './command-line.ts';
import { CONDITIONAL } from './conditional.ts';
import { CONVERSION } from './conversion.ts';
import { DATETIME } from './datetime.ts';
import { DYNAMIC } from './dynamic.ts';
import { ENCODING } from './encoding.ts';
import type { FunctionEntry } from './entry.ts';
import { FACT } from './fact.ts';
import { GEO } from './geo.ts';
import { GEO_SHAPES } from './geo-shapes.ts';
import { H3_CELL } from './h3-cell.ts';
import { HASH } from './hash.ts';
import { MATH } from './math.ts';
import { NETWORK } from './network.ts';
import { PROBABILITY } from './probability.ts';
import { S2_CELL } from './s2-cell.ts';
import { SERIES } from './series.ts';
import { STRING } from './string.ts';
import { XML } from './xml.ts';

/** Every scalar function by its KQL name, operators by their signs. Names with a blank are the binder's own. */
export const FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  ...ARITHMETIC,
  ...COMPARISON,
  ...TEXT_MATCH,
  ...COMMAND_LINE,
  ...CONDITIONAL,
  ...CONVERSION,
  ...DATETIME,
  ...DYNAMIC,
  ...MATH,
  ...NETWORK,
  ...STRING,
  ...ARRAY,
  ...SERIES,
  ...ENCODING,
  ...FACT,
  ...GEO,
  ...GEO_SHAPES,
  ...H3_CELL,
  ...S2_CELL,
  ...HASH,
  ...PROBABILITY,
  ...XML,
};
