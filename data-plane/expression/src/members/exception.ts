import { ExpressionError } from '../csharp.ts';
import { defineType } from '../member-table.ts';
import { bareName } from '../type/full-name.ts';

/** Exceptions that code may catch or throw, with what they derive from. */
const exceptions: Readonly<Record<string, string>> = {
  SystemException: 'Exception',
  ApplicationException: 'Exception',
  ArgumentException: 'SystemException',
  ArgumentNullException: 'ArgumentException',
  ArgumentOutOfRangeException: 'ArgumentException',
  ArithmeticException: 'SystemException',
  DivideByZeroException: 'ArithmeticException',
  OverflowException: 'ArithmeticException',
  FormatException: 'SystemException',
  UriFormatException: 'FormatException',
  IndexOutOfRangeException: 'SystemException',
  InvalidCastException: 'SystemException',
  InvalidOperationException: 'SystemException',
  KeyNotFoundException: 'SystemException',
  NullReferenceException: 'SystemException',
  NotImplementedException: 'SystemException',
  NotSupportedException: 'SystemException',
  TimeoutException: 'SystemException',
  TimeZoneNotFoundException: 'Exception',
  UnauthorizedAccessException: 'SystemException',
  CryptographicException: 'SystemException',
  XmlException: 'SystemException',
  JsonException: 'Exception',
  JsonReaderException: 'JsonException',
  JsonSerializationException: 'JsonException',
};

export function defineExceptions(): void {
  defineType({
    type: 'Exception',
    members: {
      'new()': () => new ExpressionError('System.Exception', "Exception of type 'System.Exception' was thrown."),
      'new(string)': (_s, [m]) =>
        new ExpressionError('System.Exception', m ?? "Exception of type 'System.Exception' was thrown."),
      'new(string,Exception)': (_s, [m, inner]) => new ExpressionError('System.Exception', m ?? '', inner ?? undefined),
      'Message:string': (e) => e.message,
      'InnerException:Exception': (e) => e.inner ?? null,
      'Source:string': () => null,
      'StackTrace:string': () => null,
      'HelpLink:string': () => null,
      'HResult:int': () => -2146233088,
      'GetBaseException():Exception': (e) => {
        let base: ExpressionError = e;
        while (base.inner) base = base.inner;
        return base;
      },
      'ToString():string': (e) => `${e.type}: ${e.message}`,
    },
  });
  for (const [name, base] of Object.entries(exceptions)) {
    const full = bareName(name);
    const make = (message: string | null, inner?: ExpressionError) =>
      new ExpressionError(full, message ?? `Exception of type '${full}' was thrown.`, inner ?? undefined);
    const named = (message: string | null, parameter: string | null) =>
      make(parameter === null ? message : `${message ?? ''}\nParameter name: ${parameter}`);
    defineType({
      type: name,
      bases: [base],
      members: {
        'new()': () => make(null),
        ...(name === 'ArgumentNullException' || name === 'ArgumentOutOfRangeException'
          ? {
              'new(string)': (_s, [parameter]) =>
                named(
                  name === 'ArgumentNullException'
                    ? 'Value cannot be null.'
                    : 'Specified argument was out of the range of valid values.',
                  parameter,
                ),
              'new(string,string)': (_s, [parameter, message]) => named(message, parameter),
            }
          : {
              'new(string)': (_s, [message]) => make(message),
              'new(string,Exception)': (_s, [message, inner]) => make(message, inner),
              ...(name === 'ArgumentException'
                ? {
                    'new(string,string)': (_s: unknown, [message, parameter]: (string | null)[]) =>
                      named(message ?? null, parameter ?? null),
                  }
                : {}),
            }),
      },
    });
  }
}
