import type { Diagnostic } from '@vigia/contract';
import type { CSharp } from '@vigia/expression';
import { compileElement } from './compile-element.ts';
import type { PolicyScope, PolicySurroundings, SectionName } from './compiler-types.ts';
import type { PolicyContext } from './context.ts';
import { allSections, type Outcome, type Step, type Surroundings } from './definition.ts';
import { expressionValues } from './expression-values.ts';
import { parseDocument } from './parse-document.ts';
import type { LocatedError } from './policy-error.ts';
import { policies, refusedPolicies } from './registry.ts';
import { childElements, type ElementNode, type PolicyNode } from './syntax.ts';
import { diagnosticMaker, type Mistake, positionFinder } from './text-position.ts';
import type { PolicyEnd, PolicyPlace } from './tracing/policy-tracer.ts';

export type SectionItem = Step | 'base';

export interface CompiledDocument {
  readonly sections: ReadonlyMap<SectionName, readonly SectionItem[]>;
  readonly diagnostics: readonly Diagnostic[];
  readonly needs: { requestBody: boolean; responseBody: boolean };
  /** Of all policies of the document and its fragments. */
  readonly places: readonly PolicyPlace[];
}

/** What every pass over one document shares. */
export interface DocumentCompiler {
  readonly csharp: CSharp;
  readonly scope: PolicyScope;
  /** undefined: not checked. */
  readonly namedValues: ReadonlyMap<string, string> | undefined;
  readonly fragments: ReadonlyMap<string, string> | undefined;
  readonly backends: Surroundings['backends'] | undefined;
  readonly loggers: Surroundings['loggers'];
  readonly surroundings: Surroundings;
  readonly needs: { requestBody: boolean; responseBody: boolean };
  readonly isInFragment: boolean;
  /** Id of the fragment whose text is compiled. */
  readonly fragment?: string;
  positionOf(offset: number): { line: number; column: number };
  readonly places: PolicyPlace[];
  report(mistake: Mistake): void;
}

const isSection = (name: string): name is SectionName => (allSections as readonly string[]).includes(name);

/** Text → the four sections, compiled, with every mistake found on the way. */
export function compileDocument(
  text: string,
  csharp: CSharp,
  scope: PolicyScope | 'fragment',
  options: PolicySurroundings,
): CompiledDocument {
  const mistakes: Mistake[] = [];
  const needs = { requestBody: false, responseBody: false };
  const backends =
    options.backends && new Map(options.backends.map((backend) => [backend.id.toLowerCase(), backend] as const));
  const loggers = new Map((options.loggers ?? []).map((logger) => [logger.id.toLowerCase(), logger] as const));
  const compiler: DocumentCompiler = {
    csharp,
    scope: scope === 'fragment' ? 'operation' : scope,
    namedValues: options.namedValues && new Map(options.namedValues.map(({ name, value }) => [name, value])),
    fragments: options.fragments && new Map(options.fragments.map(({ id, document }) => [id.toLowerCase(), document])),
    backends,
    loggers,
    surroundings: { backends: backends ?? new Map(), loggers, values: expressionValues(csharp) },
    needs,
    isInFragment: scope === 'fragment',
    positionOf: positionFinder(text),
    places: [],
    report: (mistake) => mistakes.push(mistake),
  };
  const parsed = parseDocument(text);
  mistakes.push(...parsed.mistakes);
  const sections = new Map<SectionName, readonly SectionItem[]>();
  const roots = parsed.nodes.filter((node) => node.kind === 'element');
  reportStrayText(compiler, parsed.nodes, undefined);
  if (scope === 'fragment') {
    const root = roots[0];
    if (root?.name !== 'fragment' || roots.length > 1) {
      compiler.report(documentMistake('A fragment must have the root element <fragment>.', root));
    } else compileSteps(root, 'inbound', { ...compiler, report: ignoreSection(compiler) });
  } else {
    for (const element of sectionElements(compiler, roots)) {
      if (!isSection(element.name)) {
        compiler.report({
          code: 'policy.unknownSection',
          message: `<${element.name}> is not a section: inbound, backend, outbound or on-error was expected.`,
          start: element.start,
          length: element.name.length + 1,
          subject: element.name,
        });
        continue;
      }
      if (sections.has(element.name)) {
        compiler.report({
          code: 'policy.duplicateSection',
          message: `The section <${element.name}> stands twice.`,
          start: element.start,
          length: element.name.length + 1,
          subject: element.name,
        });
        continue;
      }
      sections.set(element.name, compileSteps(element, element.name, compiler));
      const inBackend = childElements(element);
      if (element.name === 'backend' && inBackend.length > 1) {
        compiler.report({
          code: 'policy.backendChildren',
          message: 'The section <backend> takes one policy only.',
          start: inBackend[1]?.start ?? element.start,
          length: (inBackend[1]?.name.length ?? 0) + 1,
          subject: 'backend',
        });
      }
    }
  }
  const make = diagnosticMaker(text);
  const diagnostics = mistakes.map(make).sort((a, b) => a.start - b.start);
  return { sections, diagnostics, needs, places: compiler.places };
}

/** A fragment is used in any section; that a policy does not fit is told where it is included. */
const ignoreSection = (compiler: DocumentCompiler) => (mistake: Mistake) => {
  if (mistake.code !== 'policy.wrongSection') compiler.report(mistake);
};

const documentMistake = (message: string, element: ElementNode | undefined): Mistake => ({
  code: 'policy.root',
  message,
  start: element?.start ?? 0,
  length: (element?.name.length ?? 0) + 1,
  subject: element?.name ?? 'policies',
});

function sectionElements(compiler: DocumentCompiler, roots: readonly ElementNode[]): readonly ElementNode[] {
  const [first, second] = roots;
  if (!first) {
    compiler.report(documentMistake('The document is empty: the root element <policies> was expected.', undefined));
    return [];
  }
  if (first.name === 'policies') {
    if (second) compiler.report(documentMistake(`A second root element <${second.name}> follows <policies>.`, second));
    reportStrayText(compiler, first.children, first);
    return childElements(first);
  }
  // A section pasted alone: see completeDocument.
  if (roots.every(({ name }) => isSection(name))) return roots;
  compiler.report(documentMistake(`The root element must be <policies>, <${first.name}> was found.`, first));
  return [];
}

function reportStrayText(
  compiler: DocumentCompiler,
  nodes: readonly PolicyNode[],
  parent: ElementNode | undefined,
): void {
  for (const node of nodes) {
    if ((node.kind !== 'text' && node.kind !== 'cdata') || node.raw.trim() === '') continue;
    const lead = node.raw.length - node.raw.trimStart().length;
    compiler.report({
      code: 'policy.text',
      message: `${parent ? `<${parent.name}>` : 'The document'} takes no text, '${node.raw.trim().slice(0, 40)}' was found.`,
      start: node.start + lead,
      length: node.raw.trim().length,
      ...(parent ? { subject: parent.name } : {}),
    });
  }
}

/** The policies of a section, a branch, or a fragment. */
export function compileSteps(
  parent: ElementNode,
  section: SectionName,
  compiler: DocumentCompiler,
  path = '',
): SectionItem[] {
  reportStrayText(compiler, parent.children, parent);
  const seen = new Map<string, number>();
  const items: SectionItem[] = [];
  for (const element of childElements(parent)) {
    const nth = (seen.get(element.name) ?? 0) + 1;
    seen.set(element.name, nth);
    const here = `${path}${element.name}[${nth}]`;
    items.push(...compilePolicy(element, section, compiler, here, path === '' && !compiler.isInFragment));
  }
  return items;
}

function compilePolicy(
  element: ElementNode,
  section: SectionName,
  compiler: DocumentCompiler,
  path: string,
  isDirect: boolean,
): readonly SectionItem[] {
  const { name, start } = element;
  const report = (code: string, message: string, hint?: string) => {
    compiler.report({ code, message, start, length: name.length + 1, subject: name, ...(hint ? { hint } : {}) });
  };
  if (name === 'base') {
    if (isDirect) return ['base'];
    report('policy.wrongPlace', '<base/> stands only directly in a section.');
    return [];
  }
  if (name === 'include-fragment') return includeFragment(element, section, compiler, path);
  const definition = policies.get(name);
  if (!definition) {
    const reason = refusedPolicies.get(name);
    if (reason !== undefined) {
      report('policy.notSupported', `\`${name}\` is a policy of API Management that Vigia refuses: ${reason}`);
    } else {
      report('policy.unknownPolicy', `<${name}> is not a policy.`, nearest(name));
    }
    return [];
  }
  if (!definition.sections.includes(section)) {
    report(
      'policy.wrongSection',
      `<${name}> is not allowed in the section <${section}>: it stands in ${definition.sections.join(', ')}.`,
      name === 'set-status' && section === 'inbound'
        ? 'In inbound, set-status stands inside of return-response.'
        : undefined,
    );
  }
  if (definition.scopes && !definition.scopes.includes(compiler.scope)) {
    report('policy.wrongScope', `<${name}> is not allowed at the scope ${compiler.scope}.`);
  }
  if (definition.isOncePerSection && isDirect && /\[(?!1\])\d+\]$/.test(path)) {
    report('policy.duplicatePolicy', `<${name}> stands at most once in a section.`);
  }
  const compiled = compileElement(element, definition, section, compiler, path);
  const policyId = element.attributes.find((attribute) => attribute.name === 'id')?.raw;
  const place: PolicyPlace = {
    policy: name,
    scope: compiler.scope,
    section,
    path,
    ...(policyId === undefined ? {} : { policyId }),
    ...compiler.positionOf(start),
    ...(compiler.fragment === undefined ? {} : { fragment: compiler.fragment }),
  };
  compiler.places.push(place);
  return [located(definition.compile(compiled), compiled.locate, place)];
}

function includeFragment(
  element: ElementNode,
  section: SectionName,
  compiler: DocumentCompiler,
  path: string,
): readonly SectionItem[] {
  const id = element.attributes.find((attribute) => attribute.name === 'fragment-id');
  const report = (message: string, code = 'policy.fragment') => {
    compiler.report({
      code,
      message,
      start: id?.valueStart ?? element.start,
      length: Math.max(1, id?.raw.length ?? element.name.length + 1),
      subject: element.name,
    });
  };
  for (const attribute of element.attributes) {
    if (attribute.name !== 'fragment-id' && attribute.name !== 'id') {
      report(`<include-fragment> has no attribute '${attribute.name}'.`, 'policy.unknownAttribute');
    }
  }
  if (!id || id.raw === '') report("<include-fragment> needs the attribute 'fragment-id'.", 'policy.missingAttribute');
  else if (compiler.isInFragment) report('A fragment cannot include another fragment.');
  else if (compiler.fragments) {
    const text = compiler.fragments.get(id.raw.toLowerCase());
    if (text === undefined) {
      report(`The policy fragment '${id.raw}' does not exist.`);
      return [];
    }
    const parsed = parseDocument(text);
    const root = parsed.nodes.find((node) => node.kind === 'element');
    const told = (mistake: Mistake) => {
      report(`In the fragment '${id.raw}': ${mistake.message}`, mistake.code);
    };
    parsed.mistakes.forEach(told);
    if (root?.name !== 'fragment') report(`The fragment '${id.raw}' has no root element <fragment>.`);
    else {
      const positionOf = positionFinder(text);
      const inside = { ...compiler, isInFragment: true, fragment: id.raw, positionOf, report: told };
      return compileSteps(root, section, inside, `${path}/`);
    }
  }
  return [];
}

function nearest(name: string): string | undefined {
  const flat = (text: string) => text.replaceAll(/[-_\s]/g, '').toLowerCase();
  const found = [...policies.keys(), ...refusedPolicies.keys(), 'include-fragment'].find(
    (known) => flat(known) === flat(name),
  );
  return found === undefined ? undefined : `The name is written <${found}>.`;
}

/** A step whose errors say where they happened, and that is seen by who traces the request. */
function located(step: Step, locate: (error: unknown) => LocatedError, place: PolicyPlace): Step {
  const run = (context: PolicyContext): Outcome | Promise<Outcome> => {
    if (context.tracer !== undefined)
      return traced(step, context, { locate, leave: context.tracer.enter(place, context) });
    try {
      const outcome = step(context);
      return outcome instanceof Promise
        ? outcome.catch((error: unknown) => {
            throw locate(error);
          })
        : outcome;
    } catch (error) {
      throw locate(error);
    }
  };
  const { preflight, isCacheStore } = step;
  return Object.assign(run, { ...(preflight ? { preflight } : {}), ...(isCacheStore ? { isCacheStore } : {}) });
}

async function traced(
  step: Step,
  context: PolicyContext,
  { locate, leave }: { readonly locate: (error: unknown) => LocatedError; readonly leave: (end: PolicyEnd) => void },
): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await step(context);
  } catch (cause) {
    const error = locate(cause);
    leave({ error: error.lastError });
    throw error;
  }
  leave(outcome === undefined ? {} : { outcome });
  return outcome;
}
