import { type Digits, exponentText, roundDigits } from './number-digits.ts';

interface Section {
  readonly digitCount: number;
  readonly decimalPosition: number;
  /** Place of the first and behind the last `0`. */
  readonly firstZero: number;
  readonly lastZero: number;
  readonly isGrouped: boolean;
  readonly isScientific: boolean;
  /** Percent signs and trailing commas move the point. */
  readonly scaleChange: number;
}

/** A format such as `#,##0.00;(0);zero`. */
export function customNumber(value: Digits, format: string, isFloating: boolean): string {
  const sections = splitSections(format);
  let index = value.digits === '' ? 2 : value.isNegative ? 1 : 0;
  for (;;) {
    let used = index;
    let text = sections[index];
    if (text === undefined || (text === '' && index > 0)) {
      used = 0;
      text = sections[0] ?? '';
    }
    const section = scan(text);
    const number = { ...value };
    if (number.digits !== '') {
      number.scale += section.scaleChange;
      roundDigits(
        number,
        section.isScientific ? section.digitCount : number.scale + section.digitCount - section.decimalPosition,
      );
      if (number.digits === '' && index !== 2 && sections[2]) {
        index = 2;
        value.digits = '';
        continue;
      }
    } else {
      if (!isFloating) number.isNegative = false;
      number.scale = 0;
    }
    return print(text, section, number, number.isNegative && used === 0 && number.digits !== '');
  }
}

function splitSections(format: string): string[] {
  const sections = [''];
  for (let i = 0; i < format.length; i++) {
    const character = format[i] ?? '';
    const last = sections.length - 1;
    if (character === ';') {
      sections.push('');
      continue;
    }
    let end = i + 1;
    if (character === '\\') end++;
    else if (character === "'" || character === '"') {
      const close = format.indexOf(character, i + 1);
      end = close < 0 ? format.length : close + 1;
    }
    sections[last] += format.slice(i, end);
    i = end - 1;
  }
  return sections;
}

const exponentAt = (format: string, at: number): RegExpExecArray | null => {
  const pattern = /[eE]([+-]?)(0+)/y;
  pattern.lastIndex = at;
  return pattern.exec(format);
};

function scan(format: string): Section {
  let digitCount = 0;
  let decimalPosition = -1;
  let firstZero = Number.MAX_SAFE_INTEGER;
  let lastZero = 0;
  let groupPosition = -1;
  let groupCount = 0;
  let isGrouped = false;
  let isScientific = false;
  let scaleChange = 0;
  for (let i = 0; i < format.length; i++) {
    const character = format[i];
    switch (character) {
      case '#':
        digitCount++;
        break;
      case '0':
        if (firstZero === Number.MAX_SAFE_INTEGER) firstZero = digitCount;
        digitCount++;
        lastZero = digitCount;
        break;
      case '.':
        if (decimalPosition < 0) decimalPosition = digitCount;
        break;
      case ',':
        if (digitCount > 0 && decimalPosition < 0) {
          if (groupPosition === digitCount) {
            groupCount++;
            break;
          }
          if (groupPosition >= 0) isGrouped = true;
          groupPosition = digitCount;
          groupCount = 1;
        }
        break;
      case '%':
        scaleChange += 2;
        break;
      case '‰':
        scaleChange += 3;
        break;
      case "'":
      case '"': {
        const close = format.indexOf(character, i + 1);
        i = close < 0 ? format.length : close;
        break;
      }
      case '\\':
        i++;
        break;
      case 'e':
      case 'E': {
        const exponent = exponentAt(format, i);
        if (exponent) {
          isScientific = true;
          i += exponent[0].length - 1;
        }
        break;
      }
    }
  }
  if (decimalPosition < 0) decimalPosition = digitCount;
  if (groupPosition >= 0) {
    if (groupPosition === decimalPosition) scaleChange -= groupCount * 3;
    else isGrouped = true;
  }
  return { digitCount, decimalPosition, firstZero, lastZero, isGrouped, isScientific, scaleChange };
}

function print(format: string, section: Section, number: Digits, hasSign: boolean): string {
  const { decimalPosition, digitCount, isScientific } = section;
  const firstZero = section.firstZero < decimalPosition ? decimalPosition - section.firstZero : 0;
  const lastZero = section.lastZero > decimalPosition ? decimalPosition - section.lastZero : 0;
  let position = isScientific ? decimalPosition : Math.max(number.scale, decimalPosition);
  let adjust = isScientific ? 0 : number.scale - decimalPosition;
  const shown = Math.max(firstZero, position + Math.min(adjust, 0));
  const isGrouped = section.isGrouped && !isScientific;
  let at = 0;
  let text = hasSign ? '-' : '';
  let hasPoint = false;
  let exponentLeft = isScientific;
  const put = (digit: string): void => {
    text += digit;
    if (isGrouped && position > 1 && (position - 1) % 3 === 0 && position - 1 < shown) text += ',';
  };
  for (let i = 0; i < format.length; i++) {
    const character = format[i] ?? '';
    if (adjust > 0 && '#0.'.includes(character)) {
      while (adjust > 0) {
        put(number.digits[at] ?? '0');
        at++;
        position--;
        adjust--;
      }
    }
    switch (character) {
      case '#':
      case '0': {
        let digit: string | undefined;
        if (adjust < 0) {
          adjust++;
          digit = position <= firstZero ? '0' : undefined;
        } else {
          digit = number.digits[at];
          if (digit !== undefined) at++;
          else if (position > lastZero) digit = '0';
        }
        if (digit !== undefined) put(digit);
        position--;
        break;
      }
      case '.':
        if (position !== 0 || hasPoint) break;
        if (lastZero < 0 || (decimalPosition < digitCount && at < number.digits.length)) {
          text += '.';
          hasPoint = true;
        }
        break;
      case ',':
        break;
      case "'":
      case '"': {
        const close = format.indexOf(character, i + 1);
        const end = close < 0 ? format.length : close;
        text += format.slice(i + 1, end);
        i = end;
        break;
      }
      case '\\':
        i++;
        text += format[i] ?? '';
        break;
      case 'e':
      case 'E': {
        const exponent = exponentAt(format, i);
        if (!exponent) text += character;
        else {
          const power = number.digits === '' ? 0 : number.scale - decimalPosition;
          text += exponentLeft
            ? exponentText(power, character, Math.min(exponent[2]?.length ?? 1, 10), exponent[1] === '+')
            : exponent[0];
          exponentLeft = false;
          i += exponent[0].length - 1;
        }
        break;
      }
      default:
        text += character;
    }
  }
  return text;
}
