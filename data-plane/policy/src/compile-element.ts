import { ExpressionError } from '@vigia/expression';
import { compileSteps, type DocumentCompiler } from './compile-document.ts';
import type { SectionName } from './compiler-types.ts';
import type { ChildSpec, CompiledElement, ElementSpec, Evaluate, Step, ValueSpec, ValueType } from './definition.ts';
import { locator, PolicyError } from './policy-error.ts';
import { decodeEntities, isRawExpression, type MappedText, mapText, replaceMapped } from './scan-expression.ts';
import { childElements, type ElementNode, type OpaqueNode, printNodes, quoteOf, type TextNode } from './syntax.ts';
import { asText } from './value-text.ts';

interface CompiledValue {
  readonly evaluate: Evaluate<unknown>;
  /** undefined: an expression. */
  readonly literal: string | undefined;
}

/** Checks one element against what it may hold and compiles its values. Mistakes are reported, never thrown. */
export function compileElement(
  element: ElementNode,
  spec: ElementSpec,
  section: SectionName,
  compiler: DocumentCompiler,
  path: string,
): CompiledElement {
  const { name } = element;
  const report = (code: string, message: string, start = element.start, length = name.length + 1) => {
    compiler.report({ code, message, start, length, subject: name });
  };
  if (spec.refused !== undefined) {
    report('policy.notSupported', `\`${name}\` is known, but Vigia refuses it: ${spec.refused}`);
  }
  const values = new Map<string, CompiledValue>();
  for (const attribute of element.attributes) {
    const valueSpec = spec.attributes?.[attribute.name];
    if (!valueSpec) {
      if (attribute.name !== 'id' && !attribute.name.startsWith('xmlns')) {
        report(
          'policy.unknownAttribute',
          `<${name}> has no attribute '${attribute.name}'.`,
          attribute.start,
          attribute.name.length,
        );
      }
      continue;
    }
    if (valueSpec.refused !== undefined) {
      const message = `The attribute '${attribute.name}' of <${name}> is known, but Vigia refuses it: ${valueSpec.refused}`;
      report('policy.notSupported', message, attribute.start, attribute.name.length);
    }
    const isRaw = attribute.isExpression && isRawExpression(attribute.raw, quoteOf(element, attribute));
    const source = mapText(attribute.raw, attribute.valueStart);
    const label = `The attribute '${attribute.name}' of <${name}>`;
    values.set(
      attribute.name,
      compileValue(isRaw ? source : decodeEntities(source), valueSpec, compiler, { name, label }),
    );
  }
  for (const [attribute, { isRequired }] of Object.entries(spec.attributes ?? {})) {
    if (isRequired && !values.has(attribute)) {
      report('policy.missingAttribute', `<${name}> needs the attribute '${attribute}'.`);
    }
  }

  let steps: readonly Step[] = [];
  const children = new Map<string, CompiledElement[]>();
  let text: CompiledValue = { evaluate: () => '', literal: '' };
  if (spec.children === 'policies') {
    const only = spec.onlyPolicies;
    for (const child of only ? childElements(element) : []) {
      if (only?.includes(child.name)) continue;
      report(
        'policy.unknownChild',
        `<${child.name}> is not allowed in <${name}>: it takes ${only?.join(', ')}.`,
        child.start,
        child.name.length + 1,
      );
    }
    steps = compileSteps(element, section, compiler, `${path}/`).filter((step) => step !== 'base');
  } else {
    const isMarkup = spec.text?.takesMarkup ?? false;
    for (const child of isMarkup ? [] : childElements(element)) {
      const childSpec = spec.children?.[child.name];
      if (!childSpec) {
        const allowed = Object.keys(spec.children ?? {});
        report(
          'policy.unknownChild',
          `<${child.name}> is not allowed in <${name}>${allowed.length > 0 ? `: it takes ${allowed.join(', ')}` : ''}.`,
          child.start,
          child.name.length + 1,
        );
        continue;
      }
      const same = children.get(child.name) ?? [];
      children.set(child.name, same);
      const nth = `${path}/${child.name}[${same.length + 1}]`;
      const content: ElementSpec = childSpec.content === 'policies' ? { children: 'policies' } : childSpec.content;
      same.push(compileElement(child, content, section, compiler, nth));
    }
    for (const [childName, childSpec] of Object.entries(spec.children ?? {})) {
      const mistake = checkCount(name, childName, childSpec, children.get(childName)?.length ?? 0);
      if (mistake !== undefined) report('policy.childCount', mistake);
    }
    text = compileText(element, spec, compiler);
  }
  for (const message of spec.check?.({
    has: (attribute) => values.has(attribute),
    hasText: () => text.literal === undefined || text.literal.trim() !== '',
    literal: (attribute) => values.get(attribute)?.literal,
    childCount: (child) => children.get(child)?.length ?? 0,
  }) ?? []) {
    report('policy.element', message);
  }
  checkReferences(element, spec, values, compiler);

  const policyId = element.attributes.find((attribute) => attribute.name === 'id')?.raw;
  const evaluatorOf = (attribute: string) => values.get(attribute)?.evaluate;
  const compiled: CompiledElement = {
    name,
    section,
    scope: compiler.scope,
    locate: locator({
      source: name,
      scope: compiler.scope,
      section,
      path,
      ...(policyId === undefined ? {} : { policyId }),
    }),
    surroundings: compiler.surroundings,
    steps,
    text: text.evaluate,
    literalText: text.literal,
    children: (child) => children.get(child) ?? [],
    value: evaluatorOf,
    literal: (attribute) => values.get(attribute)?.literal,
    string(attribute) {
      const value = values.get(attribute);
      if (!value) return undefined;
      const { literal } = value;
      return literal === undefined ? (context) => asText(value.evaluate(context)) : () => literal;
    },
    boolean(attribute, fallback) {
      const evaluate = evaluatorOf(attribute);
      return evaluate ? (context) => evaluate(context) as boolean : () => fallback;
    },
    number(attribute, fallback) {
      const evaluate = evaluatorOf(attribute);
      return evaluate ? (context) => evaluate(context) as number : () => fallback;
    },
  };
  const needs = spec.needs?.(compiled);
  compiler.needs.requestBody ||= needs?.request ?? false;
  compiler.needs.responseBody ||= needs?.response ?? false;
  return compiled;
}

function checkCount(parent: string, child: string, { min, max }: ChildSpec, count: number): string | undefined {
  if (count < min) return `<${parent}> needs ${min === 1 ? 'a' : `at least ${min}`} child <${child}>.`;
  if (count > max) return `<${parent}> takes only ${max} <${child}>, ${count} were found.`;
  return undefined;
}

/** Literals that name a backend or a logger must name one that there is. */
function checkReferences(
  element: ElementNode,
  spec: ElementSpec,
  values: ReadonlyMap<string, CompiledValue>,
  compiler: DocumentCompiler,
): void {
  for (const [name, { refersTo }] of Object.entries(spec.attributes ?? {})) {
    const id = values.get(name)?.literal;
    const attribute = element.attributes.find((one) => one.name === name);
    if (refersTo === undefined || id === undefined || !attribute) continue;
    const known = refersTo === 'backend' ? compiler.backends : compiler.loggers;
    if (!known || known.has(id.toLowerCase())) continue;
    compiler.report({
      code: refersTo === 'backend' ? 'policy.unknownBackend' : 'policy.unknownLogger',
      message: `${refersTo === 'backend' ? 'Backend' : 'Logger'} with id '${id}' could not be found.`,
      start: attribute.valueStart,
      length: Math.max(1, attribute.raw.length),
      subject: element.name,
      ...(refersTo === 'logger' ? { hint: 'It must be a logger of the type azureEventHub.' } : {}),
    });
  }
}

/** The text of an element: one expression, or everything between its tags as it stands. */
function compileText(element: ElementNode, given: ElementSpec, compiler: DocumentCompiler): CompiledValue {
  const raw = (name: string) => element.attributes.find((attribute) => attribute.name === name)?.raw;
  const spec: ElementSpec = given.textFor ? { ...given, text: given.textFor(raw) } : given;
  const texts = element.children.filter(
    (child): child is TextNode | OpaqueNode => child.kind === 'text' || child.kind === 'cdata',
  );
  const label = `The text of <${element.name}>`;
  const isBlank = texts.every(({ raw }) => raw.trim() === '');
  if (!spec.text) {
    const stray = texts.find(({ raw }) => raw.trim() !== '');
    if (stray) {
      const lead = stray.raw.length - stray.raw.trimStart().length;
      compiler.report({
        code: 'policy.text',
        message: `<${element.name}> takes no text, '${stray.raw.trim().slice(0, 40)}' was found.`,
        start: stray.start + lead,
        length: stray.raw.trim().length,
        subject: element.name,
      });
    }
    return { evaluate: () => '', literal: '' };
  }
  if (isBlank && spec.text.isRequired) {
    compiler.report({
      code: 'policy.missingText',
      message: `<${element.name}> needs a text.`,
      start: element.start,
      length: element.name.length + 1,
      subject: element.name,
    });
  }
  const place = { name: element.name, label };
  if (spec.text.takesMarkup && childElements(element).length > 0) {
    const [first] = element.children;
    const source = mapText(printNodes(element.children), first?.start ?? element.start);
    return compileValue(source, { ...spec.text, isTemplate: true }, compiler, place);
  }
  const expressionNode = texts.find((child) => child.kind === 'text' && child.isExpression);
  if (expressionNode) {
    const others = texts.filter((child) => child !== expressionNode && child.raw.trim() !== '');
    for (const other of others) {
      compiler.report({
        code: 'policy.text',
        message: `An expression must be the whole text of <${element.name}>: '${other.raw.trim().slice(0, 40)}' stands beside it.`,
        start: other.start + other.raw.length - other.raw.trimStart().length,
        length: other.raw.trim().length,
        subject: element.name,
      });
    }
    const source = mapText(expressionNode.raw, expressionNode.start);
    const isRaw = isRawExpression(expressionNode.raw, '');
    return compileValue(isRaw ? source : decodeEntities(source), spec.text, compiler, place);
  }
  const [first] = texts;
  if (!first) return { evaluate: () => '', literal: '' };
  if (texts.length === 1) {
    if (first.kind === 'cdata') {
      return compileValue(mapText(first.raw.slice(9, -3), first.start + 9), spec.text, compiler, place);
    }
    return compileValue(decodeEntities(mapText(first.raw, first.start)), spec.text, compiler, place);
  }
  // Several pieces (comments or CDATA between): positions inside are those of the first.
  const joined = texts
    .map((piece) => (piece.kind === 'cdata' ? piece.raw.slice(9, -3) : decodeEntities(mapText(piece.raw, 0)).text))
    .join('');
  return compileValue({ text: joined, originOf: () => first.start }, spec.text, compiler, place);
}

const namedValuePattern = /\{\{\s*([A-Za-z0-9._-]+)\s*\}\}/g;

function compileValue(
  decoded: MappedText,
  spec: ValueSpec,
  compiler: DocumentCompiler,
  place: { readonly name: string; readonly label: string },
): CompiledValue {
  const { name: subject, label } = place;
  let isKnown = true;
  const source = replaceMapped(decoded, namedValuePattern, (match, start) => {
    const name = match[1] ?? '';
    if (!compiler.namedValues) return match[0];
    const value = compiler.namedValues.get(name);
    if (value !== undefined) return value;
    if (spec.isTemplate) return match[0];
    isKnown = false;
    compiler.report({
      code: 'policy.unknownNamedValue',
      message: `Cannot find a property '${name}'`,
      start,
      length: match[0].length,
      subject,
      hint: `Create the named value '${name}' first, or correct its name.`,
    });
    return match[0];
  });
  const trimmed = source.text.trim();
  if (/^@[({]/.test(trimmed) && !spec.isTemplate) {
    const lead = source.text.length - source.text.trimStart().length;
    if (!spec.allowsExpression) {
      compiler.report({
        code: 'policy.expressionNotAllowed',
        message: `${label} takes no expression.`,
        start: source.originOf(lead),
        length: 2,
        subject,
      });
      return { evaluate: () => '', literal: undefined };
    }
    if (!isKnown) return { evaluate: () => '', literal: undefined };
    return compileExpression(trimmed, (offset) => source.originOf(lead + offset), spec.type, compiler, place);
  }
  const literal = source.text;
  const isChecked = spec.isTemplate || (isKnown && !/<<[^<>]*>>|\{\{.*\}\}/.test(literal));
  const mistake = isChecked ? checkLiteral(literal, spec, label) : undefined;
  if (mistake !== undefined) {
    compiler.report({
      code: 'policy.value',
      message: mistake,
      start: source.originOf(0),
      length: Math.max(1, source.originOf(literal.length) - source.originOf(0)),
      subject,
    });
  }
  const value = literalValue(literal, spec.type);
  return { evaluate: () => value, literal };
}

function checkLiteral(literal: string, spec: ValueSpec, label: string): string | undefined {
  if (spec.isRequired && literal.trim() === '' && spec.type !== 'any') return `${label} is empty.`;
  if (spec.oneOf && !spec.oneOf.includes(literal)) {
    return `${label} must be one of ${spec.oneOf.join(', ')}; '${literal}' was found.`;
  }
  if (spec.type === 'boolean' && !/^(true|false)$/i.test(literal.trim())) {
    return `${label} must be true or false; '${literal}' was found.`;
  }
  if (spec.type === 'integer' && !/^-?\d+$/.test(literal.trim())) {
    return `${label} must be a whole number; '${literal}' was found.`;
  }
  if (spec.type === 'number' && !/^-?\d+(\.\d+)?$/.test(literal.trim())) {
    return `${label} must be a number; '${literal}' was found.`;
  }
  return spec.check?.(literal);
}

function literalValue(literal: string, type: ValueType): unknown {
  if (type === 'boolean') return literal.trim().toLowerCase() === 'true';
  if (type === 'integer' || type === 'number') return Number(literal.trim());
  return literal;
}

function compileExpression(
  text: string,
  originOf: (offset: number) => number,
  type: ValueType,
  compiler: DocumentCompiler,
  place: { readonly name: string; readonly label: string },
): CompiledValue {
  const compiled = compiler.csharp.compile(text);
  for (const diagnostic of compiled.diagnostics) {
    const start = originOf(diagnostic.start);
    compiler.report({
      code: diagnostic.code,
      message: diagnostic.message,
      start,
      length: Math.max(1, originOf(diagnostic.start + diagnostic.length) - start),
      subject: diagnostic.subject ?? place.name,
    });
  }
  compiler.needs.requestBody ||= compiled.needs.requestBody;
  compiler.needs.responseBody ||= compiled.needs.responseBody;
  const fail = (message: string, cause?: unknown) =>
    new PolicyError('ExpressionValueEvaluationFailure', `Expression evaluation failed. ${message}`, { cause });
  const convert = converters[type];
  return {
    literal: undefined,
    evaluate(context) {
      let value: unknown;
      try {
        value = compiled.evaluate(context);
      } catch (error) {
        if (error instanceof ExpressionError) throw fail(error.message, error);
        throw error;
      }
      const converted = convert(value);
      if (converted === undefined) {
        throw fail(
          `${place.label} must be ${type === 'boolean' ? 'a boolean' : 'a number'}; '${asText(value)}' was found.`,
        );
      }
      return converted;
    },
  };
}

const toNumber = (value: unknown): number | undefined => {
  const text = asText(value).trim();
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
};

/** From an expression's value to what an attribute takes; undefined: it does not fit. */
const converters: Readonly<Record<ValueType, (value: unknown) => unknown>> = {
  any: (value) => (value === undefined ? null : value),
  string: (value) => asText(value),
  boolean: (value) => {
    const text = asText(value).trim().toLowerCase();
    return text === 'true' ? true : text === 'false' ? false : undefined;
  },
  integer: (value) => {
    const number = toNumber(value);
    return number !== undefined && Number.isInteger(number) ? number : undefined;
  },
  number: toNumber,
};
