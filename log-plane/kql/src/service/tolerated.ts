import { kindOf, Syn, type SyntaxNode } from './kusto.ts';

/**
 * Where Microsoft's analyser refuses what Microsoft's engine runs, by the engine's recorded results: `count(column)`,
 * a bare word under `not` in search, named options of bag_unpack, parts of seconds in make_timespan, hints that it does not know (they change no rows).
 */
export function isTolerated(
  root: SyntaxNode | null,
  found: { readonly Code: string | null; readonly Start: number; readonly Length: number },
): boolean {
  if (root === null) return false;
  if (found.Code === 'KS005') return isHint(nodeAt(root, found.Start, found.Start + found.Length));
  if (found.Code !== 'KS107' && found.Code !== 'KS134') return false;
  const node = nodeAt(root, found.Start, found.Start + found.Length);
  if (found.Code === 'KS134') return kindOf(node) === 'RealLiteralExpression' && calls(node, 'make_timespan');
  const option = node.Parent instanceof Syn.SimpleNamedExpression ? node.Parent : node;
  if (option instanceof Syn.SimpleNamedExpression)
    return isInside(option, 'EvaluateOperator') && calls(option, 'bag_unpack');
  if (calls(node, 'count')) return true;
  return /StringLiteral/.test(kindOf(node)) && calls(node, 'not') && isInside(node, 'SearchOperator');
}

/** The innermost node that spans just these places. */
function nodeAt(root: SyntaxNode, start: number, end: number): SyntaxNode {
  let found = root;
  for (;;) {
    let inner: SyntaxNode | undefined;
    for (let index = 0; index < found.ChildCount; index++) {
      const child = found.GetChild(index) as SyntaxNode | null;
      if (child !== null && child.ChildCount > 0 && child.TextStart <= start && child.End >= end) inner = child;
    }
    if (inner === undefined) return found;
    if (inner.TextStart === start && inner.End === end && isExpression(inner)) return inner;
    found = inner;
  }
}

function isHint(node: SyntaxNode): boolean {
  for (let at: SyntaxNode | null = node; at !== null; at = at.Parent)
    if (at instanceof Syn.NamedParameter) return (at.Name?.SimpleName ?? '').startsWith('hint.');
  return false;
}

const isExpression = (node: SyntaxNode): boolean => !/List$|SeparatedElement$/.test(kindOf(node));

/** Is an argument of such a call. */
function calls(node: SyntaxNode, name: string): boolean {
  let parent = node.Parent;
  while (parent !== null && !isExpression(parent)) parent = parent.Parent;
  return parent instanceof Syn.FunctionCallExpression && parent.Name?.SimpleName === name;
}

function isInside(node: SyntaxNode, kind: string): boolean {
  for (let parent = node.Parent; parent !== null; parent = parent.Parent) if (kindOf(parent) === kind) return true;
  return false;
}
