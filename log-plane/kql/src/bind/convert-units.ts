import { call, type Expr, literal } from '../plan/expression.ts';
import type { Expression } from '../service/kusto.ts';
import type { CallNode } from './bind-call.ts';
import { bindAs, bindConstant } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';

/** In the base unit a value is `value * times + plus`. */
interface Unit {
  readonly times: number;
  readonly plus?: number;
}

const INCH = 0.0254;
const FOOT = 0.3048;
const YARD = 0.9144;
const MILE = 1609.344;
const POUND = 0.45359237;

const linear = (units: Readonly<Record<string, number>>): Readonly<Record<string, Unit>> =>
  Object.fromEntries(Object.entries(units).map(([name, times]) => [name, { times }]));

/** Metres by hour, minute and second. */
const SPEEDS = Object.fromEntries(
  Object.entries({
    Centimeter: 0.01,
    Decimeter: 0.1,
    Foot: FOOT,
    Inch: INCH,
    Kilometer: 1000,
    Meter: 1,
    Micrometer: 1e-6,
    Mile: MILE,
    Millimeter: 0.001,
    Nanometer: 1e-9,
    Yard: YARD,
  }).flatMap(([name, metres]) => [
    [`${name}PerHour`, metres / 3600],
    [`${name}PerMinute`, metres / 60],
    [`${name}PerSecond`, metres],
  ]),
);

/**
 * Units whose size is fixed by definition; base units are metre, kilogram, metre a second and kelvin. Those that are
 * measured (masses of stars) or that have several definitions are left out.
 */
const UNITS: Readonly<Record<string, Readonly<Record<string, Unit>>>> = {
  convert_length: linear({
    Angstrom: 1e-10,
    Centimeter: 0.01,
    Decameter: 10,
    Decimeter: 0.1,
    Foot: FOOT,
    Hectometer: 100,
    Inch: INCH,
    Kilometer: 1000,
    Meter: 1,
    Microinch: INCH * 1e-6,
    Micrometer: 1e-6,
    Mil: INCH / 1000,
    Mile: MILE,
    Millimeter: 0.001,
    Nanometer: 1e-9,
    NauticalMile: 1852,
    Yard: YARD,
  }),
  convert_mass: linear({
    Centigram: 1e-5,
    Decagram: 0.01,
    Decigram: 1e-4,
    Gram: 0.001,
    Hectogram: 0.1,
    Kilogram: 1,
    Kilopound: POUND * 1000,
    Kilotonne: 1e6,
    Megapound: POUND * 1e6,
    Megatonne: 1e9,
    Microgram: 1e-9,
    Milligram: 1e-6,
    Nanogram: 1e-12,
    Ounce: POUND / 16,
    Pound: POUND,
    ShortTon: POUND * 2000,
    Tonne: 1000,
  }),
  convert_speed: linear(SPEEDS),
  convert_temperature: {
    DegreeCelsius: { times: 1, plus: 273.15 },
    DegreeFahrenheit: { times: 5 / 9, plus: 459.67 * (5 / 9) },
    DegreeRankine: { times: 5 / 9 },
    Kelvin: { times: 1 },
    MillidegreeCelsius: { times: 0.001, plus: 273.15 },
  },
};

export const CONVERSIONS: readonly string[] = Object.keys(UNITS);

/** A value in one unit in another. Both are constants, so that one that is not known here is refused by its name. */
export function convertUnits(name: string) {
  return (context: BindContext, node: CallNode, [value, from, to]: readonly Expression[], scope: Scope): Expr => {
    const [source, target] = [from, to].map((arg): Unit => {
      const constant = arg === undefined ? undefined : bindConstant(context, arg, scope);
      const unit = constant === undefined ? '' : String(constant.value);
      const found = Object.hasOwn(UNITS[name] ?? {}, unit) ? UNITS[name]?.[unit] : undefined;
      return (
        found ?? context.refuse(arg ?? node, scope, name, `${name} from or to the unit '${unit}' is not supported.`)
      );
    });
    const { times = 1, plus = 0 } = source ?? {};
    const { times: per = 1, plus: less = 0 } = target ?? {};
    const number = bindAs(context, value ?? null, scope, 'real');
    const real = (operator: string, left: Expr, by: number) => call(operator, 'real', left, literal('real', by));
    const scaled = real('*', number, times / per);
    return plus === less && times === per
      ? number
      : plus === 0 && less === 0
        ? scaled
        : real('+', scaled, (plus - less) / per);
  };
}
