/** Expressions whose recorded outcome is not the one that a gateway gives, with the reason. */
export const knownDifferences: Readonly<Record<string, string>> = {
  '@(double.MinValue)':
    'the recording failed: its text has 15 digits (-1.79769313486232E+308), which rounds to a number below double.MinValue and overflows when read back',
  '@(double.MaxValue)': 'the recording failed, as that of double.MinValue did',
};
