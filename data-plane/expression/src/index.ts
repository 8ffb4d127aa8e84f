export {
  type CompiledExpression,
  type CSharp,
  type ExpressionBudget,
  type ExpressionContext,
  type ExpressionDiagnostic,
  ExpressionError,
  type ExpressionHeaders,
  type ExpressionUrl,
  type ExpressionValue,
} from './csharp.ts';
export { loadCSharp } from './load-csharp.ts';
export { bytesOf, certificateValue, responseParts, toText } from './outside.ts';
