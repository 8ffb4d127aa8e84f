import { isProblem } from '@vigia/problem';
import { describe, expect, it } from 'vitest';
import { datetimeText, ticksAt, timespanText } from './ticks-text.ts';
import { readTimespan } from './timespan.ts';

const now = ticksAt(Date.parse('2026-01-31T12:00:00Z'));
/** The clock's running millisecond belongs to the range. */
const justAfterNow = '2026-01-31T12:00:00.001Z';

describe('a timespan is read', () => {
  it.each([
    ['an hour', 'PT1H', '2026-01-31T11:00:00Z', justAfterNow],
    ['a day', 'P1D', '2026-01-30T12:00:00Z', justAfterNow],
    ['30 days', 'P30D', '2026-01-01T12:00:00Z', justAfterNow],
    ['two weeks', 'P2W', '2026-01-17T12:00:00Z', justAfterNow],
    ['a month is 30 days', 'P1M', '2026-01-01T12:00:00Z', justAfterNow],
    ['a year is 365 days', 'P1Y', '2025-01-31T12:00:00Z', justAfterNow],
    ['days and hours', 'P1DT12H', '2026-01-30T00:00:00Z', justAfterNow],
    ['minutes and seconds with a fraction', 'PT1M1.5S', '2026-01-31T11:58:58.5Z', justAfterNow],
    ['small letters', 'pt5m', '2026-01-31T11:55:00Z', justAfterNow],
    ['nothing at all', 'PT0S', '2026-01-31T12:00:00Z', justAfterNow],
    ['more than there ever was', 'P99999Y', '0001-01-01T00:00:00Z', justAfterNow],
    ['two dates', '2026-01-01/2026-01-02', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    [
      'two moments',
      '2026-01-01T10:30:00Z/2026-01-01T11:00:00.1234567Z',
      '2026-01-01T10:30:00Z',
      '2026-01-01T11:00:00.1234567Z',
    ],
    ['a zone', '2026-01-01T10:00:00+02:00/2026-01-01T09:00:00-0130', '2026-01-01T08:00:00Z', '2026-01-01T10:30:00Z'],
    ['a plus that became a space', '2026-01-01T10:00:00 02:00/PT1H', '2026-01-01T08:00:00Z', '2026-01-01T09:00:00Z'],
    ['no seconds, no zone', '2026-01-01T10:30/2026-01-01 11:30', '2026-01-01T10:30:00Z', '2026-01-01T11:30:00Z'],
    ['start and length', '2026-01-01/P1D', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['length and end', 'PT2H/2026-01-01T12:00:00Z', '2026-01-01T10:00:00Z', '2026-01-01T12:00:00Z'],
    ['the leap day', '2024-02-29/P1D', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
  ])('%s: %s', (_, text, start, end) => {
    const timespan = readTimespan(text, now);
    expect([datetimeText(timespan.start), datetimeText(timespan.end)]).toEqual([start, end]);
  });
});

describe('a timespan is refused', () => {
  it.each([
    ['no text at all', '', '"" is no duration'],
    ['a word', 'yesterday', '"yesterday" is no duration'],
    ['a Kusto timespan', '1d', '"1d" is no duration'],
    ['a duration without amounts', 'P', '"P" is no duration'],
    ['a T without a time', 'P1DT', '"P1DT" is no duration'],
    ['a negative duration', '-PT1H', '"-PT1H" is no duration'],
    ['a single moment', '2026-01-01', '"2026-01-01" is no duration'],
    ['a day that does not exist', '2026-02-30/P1D', '"2026-02-30" is neither a date nor a duration'],
    ['an hour that does not exist', '2026-01-01T25:00:00Z/P1D', 'neither a date nor a duration'],
    ['an end before the start', '2026-01-02/2026-01-01', 'its start is after its end'],
    ['two durations', 'PT1H/PT2H', 'it has two durations and no moment'],
    ['three parts', '2026-01-01/P1D/P1D', 'it has more than one slash'],
  ])('%s: %s', (_, text, reason) => {
    const read = () => readTimespan(text, now);
    expect(read).toThrow('The request had some invalid properties');
    try {
      read();
    } catch (error) {
      if (!isProblem(error)) throw error;
      expect(error).toMatchObject({ status: 400, code: 'BadArgumentError' });
      expect(error.inner?.message).toContain(reason);
    }
  });
});

describe('ticks as text', () => {
  it.each([
    [0n, '0001-01-01T00:00:00Z'],
    [3_155_378_975_999_999_999n, '9999-12-31T23:59:59.9999999Z'],
    [621_355_968_000_000_000n, '1970-01-01T00:00:00Z'],
    [621_355_967_999_999_999n, '1969-12-31T23:59:59.9999999Z'],
    [621_355_968_001_200_000n, '1970-01-01T00:00:00.12Z'],
  ])('datetime %s', (ticks, text) => expect(datetimeText(ticks)).toBe(text));

  it.each([
    [0n, '00:00:00'],
    [36_000_000_000n, '01:00:00'],
    [864_000_000_000n, '1.00:00:00'],
    [-864_000_000_001n, '-1.00:00:00.0000001'],
    [5_000_000n, '00:00:00.5000000'],
    [9_223_372_036_854_775_807n, '10675199.02:48:05.4775807'],
  ])('timespan %s', (ticks, text) => expect(timespanText(ticks)).toBe(text));
});
