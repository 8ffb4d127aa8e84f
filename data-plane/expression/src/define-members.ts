import { defineArray } from './members/array.ts';
import { defineCertificates } from './members/certificate.ts';
import { defineChar } from './members/char.ts';
import { defineContext } from './members/context.ts';
import { defineConvert } from './members/convert.ts';
import { defineDateTime } from './members/date-time.ts';
import { defineDateTimeOffset } from './members/date-time-offset.ts';
import { defineDictionary } from './members/dictionary.ts';
import { defineExceptions } from './members/exception.ts';
import { defineGuid } from './members/guid.ts';
import { defineHashes } from './members/hash.ts';
import { defineIpAddress } from './members/ip-address.ts';
import { defineJson } from './members/json.ts';
import { defineCredentials } from './members/jwt.ts';
import { defineLinq } from './members/linq.ts';
import { defineList } from './members/list.ts';
import { defineMath } from './members/math.ts';
import { defineMessages } from './members/message.ts';
import { defineNumbers } from './members/numbers.ts';
import { defineObject } from './members/object.ts';
import { defineRegex } from './members/regex.ts';
import { defineString } from './members/string.ts';
import { defineText } from './members/text.ts';
import { defineTimeSpan } from './members/time-span.ts';
import { defineUri } from './members/uri.ts';
import { defineXml } from './members/xml.ts';

const tables = [
  defineObject,
  defineString,
  defineChar,
  defineNumbers,
  defineMath,
  defineConvert,
  defineGuid,
  defineUri,
  defineIpAddress,
  defineDateTime,
  defineDateTimeOffset,
  defineTimeSpan,
  defineExceptions,
  defineText,
  defineHashes,
  defineCertificates,
  defineRegex,
  defineLinq,
  defineArray,
  defineList,
  defineDictionary,
  defineJson,
  defineXml,
  defineContext,
  defineMessages,
  defineCredentials,
];
let isDone = false;

/** Fills the tables of types and members; once a process. */
export function defineMembers(): void {
  if (isDone) return;
  isDone = true;
  for (const define of tables) define();
}
