export { isProblem, Problem, type ProblemDetail, type ProblemInit } from './problem.ts';
export { toArmError, toOpenAiError, toProblem, type WireError } from './wire.ts';
