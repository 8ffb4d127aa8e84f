import type { Statement } from '../syntax/tree.ts';

/** Whether the end of a statement cannot be reached. */
export function alwaysEnds(node: Statement): boolean {
  switch (node.kind) {
    case 'return':
    case 'throw':
    case 'goto':
    case 'gotoCase':
    case 'break':
    case 'continue':
      return true;
    case 'block':
      return node.statements.some(alwaysEnds);
    case 'labeled':
      return alwaysEnds(node.statement);
    case 'checkedBlock':
      return alwaysEnds(node.body);
    case 'using':
      return alwaysEnds(node.body);
    case 'if':
      return node.no !== undefined && alwaysEnds(node.yes) && alwaysEnds(node.no);
    case 'try':
      return (
        (node.last !== undefined && alwaysEnds(node.last)) ||
        (alwaysEnds(node.body) && node.catches.every(({ body }) => alwaysEnds(body)))
      );
    case 'while':
      return isTrue(node.test) && !breaks(node.body);
    case 'do':
      return (
        (isTrue(node.test) && !breaks(node.body)) ||
        (alwaysEnds(node.body) && !breaks(node.body) && !continues(node.body))
      );
    case 'for':
      return (node.test === undefined || isTrue(node.test)) && !breaks(node.body);
    case 'switch':
      return (
        node.sections.some(({ labels }) => labels.some(({ pattern }) => pattern === undefined)) &&
        node.sections.every(({ statements }) => statements.some(alwaysEnds) && !statements.some(breaks))
      );
    default:
      return false;
  }
}
const isTrue = (node: { readonly kind: string; readonly text?: string }): boolean =>
  node.kind === 'literal' && node.text === 'true';
const continues = (node: Statement): boolean => leaves(node, 'continue');
const breaks = (node: Statement): boolean => leaves(node, 'break');

/** Whether a `break` or `continue` in it belongs to the loop or switch around it. */
function leaves(node: Statement, kind: 'break' | 'continue'): boolean {
  switch (node.kind) {
    case 'break':
    case 'continue':
      return node.kind === kind;
    case 'block':
      return node.statements.some((child) => leaves(child, kind));
    case 'labeled':
      return leaves(node.statement, kind);
    case 'checkedBlock':
    case 'using':
      return leaves(node.body, kind);
    case 'if':
      return leaves(node.yes, kind) || (node.no !== undefined && leaves(node.no, kind));
    case 'try':
      return [node.body, ...node.catches.map(({ body }) => body), ...(node.last ? [node.last] : [])].some((child) =>
        leaves(child, kind),
      );
    case 'switch':
      return (
        kind === 'continue' && node.sections.some(({ statements }) => statements.some((child) => leaves(child, kind)))
      );
    default:
      return false;
  }
}
