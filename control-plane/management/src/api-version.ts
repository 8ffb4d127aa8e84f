import { Problem } from '@vigia/problem';

/**
 * Every date of a known provider is taken: clients send dozens, and what they agree on is what is answered here.
 * @throws {Problem} 400, when it is missing or not a date.
 */
export function checkApiVersion(version: string | undefined): void {
  if (version === undefined) {
    throw new Problem({
      code: 'MissingApiVersionParameter',
      status: 400,
      message: 'The api-version query parameter (?api-version=) is required for all requests.',
    });
  }
  if (!/^\d{4}-(?:0\d|1[0-2])-[0-3]\d(?:-[a-z]+(?:\.\d+)?)?$/i.test(version)) {
    throw new Problem({
      code: 'InvalidApiVersionParameter',
      status: 400,
      message: `The api-version '${version}' is invalid. Expected a date, or a date with '-preview': 2024-05-01.`,
    });
  }
}
