/** The syntax of C# 7 as policy expressions use it. Offsets are UTF-16 units into the text given to `compile`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type TypeNode = Span &
  (
    | { readonly kind: 'namedType'; readonly parts: readonly TypePart[] }
    | { readonly kind: 'predefinedType'; readonly name: string }
    | { readonly kind: 'arrayType'; readonly element: TypeNode; readonly rank: number }
    | { readonly kind: 'nullableType'; readonly inner: TypeNode }
    | { readonly kind: 'tupleType'; readonly items: readonly { readonly type: TypeNode; readonly name: string }[] }
    | { readonly kind: 'varType' }
  );
export interface TypePart {
  readonly name: string;
  readonly args: readonly TypeNode[];
}

export interface ArgumentNode extends Span {
  /** '' where the argument is not named. */
  readonly name: string;
  readonly isOut: boolean;
  readonly value: Expression;
}
export interface LambdaParameter extends Span {
  readonly name: string;
  readonly type: TypeNode | undefined;
  readonly default: Expression | undefined;
}
export type InterpolationPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'hole';
      readonly value: Expression;
      readonly alignment: Expression | undefined;
      readonly format: string;
    };

export type LiteralKind = 'integer' | 'real' | 'string' | 'char' | 'bool' | 'null';

export type Expression = Span &
  (
    | { readonly kind: 'literal'; readonly literal: LiteralKind; readonly text: string }
    | { readonly kind: 'name'; readonly name: string; readonly typeArgs: readonly TypeNode[] }
    | { readonly kind: 'predefined'; readonly name: string }
    | {
        readonly kind: 'member';
        readonly target: Expression;
        readonly name: string;
        readonly nameSpan: Span;
        readonly typeArgs: readonly TypeNode[];
      }
    | { readonly kind: 'index'; readonly target: Expression; readonly args: readonly ArgumentNode[] }
    | { readonly kind: 'call'; readonly target: Expression; readonly args: readonly ArgumentNode[] }
    /** `target?.access`; the innermost target of `access` is the `receiver`. */
    | { readonly kind: 'conditionalAccess'; readonly target: Expression; readonly access: Expression }
    | { readonly kind: 'receiver' }
    | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression; readonly isPostfix: boolean }
    | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
    | { readonly kind: 'assign'; readonly operator: string; readonly target: Expression; readonly value: Expression }
    | { readonly kind: 'cast'; readonly type: TypeNode; readonly value: Expression }
    | { readonly kind: 'is'; readonly value: Expression; readonly pattern: Pattern }
    | { readonly kind: 'as'; readonly value: Expression; readonly type: TypeNode }
    | {
        readonly kind: 'lambda';
        /** Undefined: `delegate { … }`, which takes whatever is given. */
        readonly parameters: readonly LambdaParameter[] | undefined;
        readonly body: Expression | Block;
      }
    | {
        readonly kind: 'new';
        readonly type: TypeNode;
        readonly args: readonly ArgumentNode[];
        readonly initializer: Initializer | undefined;
      }
    | {
        readonly kind: 'newAnonymous';
        readonly members: readonly { readonly name: string; readonly value: Expression }[];
      }
    | {
        readonly kind: 'newArray';
        /** Undefined: `new[] { … }`. The element of the whole array. */
        readonly element: TypeNode | undefined;
        readonly rank: number;
        readonly sizes: readonly Expression[];
        readonly initializer: Initializer | undefined;
      }
    | Initializer
    | { readonly kind: 'tuple'; readonly items: readonly { readonly name: string; readonly value: Expression }[] }
    | { readonly kind: 'default'; readonly type: TypeNode | undefined }
    | { readonly kind: 'typeof'; readonly type: TypeNode }
    | { readonly kind: 'checked'; readonly isChecked: boolean; readonly value: Expression }
    | { readonly kind: 'throw'; readonly value: Expression }
    | { readonly kind: 'parenthesized'; readonly value: Expression }
    | { readonly kind: 'interpolated'; readonly parts: readonly InterpolationPart[] }
    /** `out var x`, `(int a, int b) = …`; the name `_` is a discard. */
    | { readonly kind: 'declaration'; readonly type: TypeNode; readonly names: readonly string[] }
    | { readonly kind: 'query'; readonly from: FromClause; readonly body: QueryBody }
  );

/** `{ 1, 2 }`, `{ { "a", 1 } }`, `{ ["k"] = 1 }`, `{ Name = 1 }`. */
export interface Initializer extends Span {
  readonly kind: 'initializer';
  readonly items: readonly Expression[];
}

export interface FromClause extends Span {
  readonly kind: 'from';
  readonly type: TypeNode | undefined;
  readonly name: string;
  readonly source: Expression;
}
export type QueryClause = Span &
  (
    | FromClause
    | { readonly kind: 'let'; readonly name: string; readonly value: Expression }
    | { readonly kind: 'where'; readonly test: Expression }
    | {
        readonly kind: 'join';
        readonly type: TypeNode | undefined;
        readonly name: string;
        readonly source: Expression;
        readonly left: Expression;
        readonly right: Expression;
        readonly into: string;
      }
    | {
        readonly kind: 'orderby';
        readonly keys: readonly { readonly value: Expression; readonly isDescending: boolean }[];
      }
  );
export interface QueryBody extends Span {
  readonly clauses: readonly QueryClause[];
  readonly result:
    | { readonly kind: 'select'; readonly value: Expression }
    | { readonly kind: 'group'; readonly value: Expression; readonly by: Expression };
  readonly into: { readonly name: string; readonly body: QueryBody } | undefined;
}

export type Pattern = Span &
  (
    | { readonly kind: 'constantPattern'; readonly value: Expression }
    /** name '' or '_': nothing is declared. */
    | { readonly kind: 'declarationPattern'; readonly type: TypeNode; readonly name: string }
    /** `is X`: a type, or else a constant. */
    | { readonly kind: 'typePattern'; readonly type: TypeNode }
  );

export interface Block extends Span {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
}
export interface LocalDeclaration extends Span {
  readonly kind: 'local';
  readonly isConst: boolean;
  readonly type: TypeNode;
  readonly declarators: readonly (Span & { readonly name: string; readonly value: Expression | undefined })[];
}
export type Statement = Span &
  (
    | Block
    | LocalDeclaration
    | {
        readonly kind: 'localFunction';
        readonly result: TypeNode | undefined;
        readonly name: string;
        readonly parameters: readonly LambdaParameter[];
        readonly body: Expression | Block;
      }
    | { readonly kind: 'expression'; readonly value: Expression }
    | { readonly kind: 'if'; readonly test: Expression; readonly yes: Statement; readonly no: Statement | undefined }
    | { readonly kind: 'while'; readonly test: Expression; readonly body: Statement }
    | { readonly kind: 'do'; readonly test: Expression; readonly body: Statement }
    | {
        readonly kind: 'for';
        readonly initial: readonly (LocalDeclaration | Expression)[];
        readonly test: Expression | undefined;
        readonly update: readonly Expression[];
        readonly body: Statement;
      }
    | {
        readonly kind: 'foreach';
        readonly type: TypeNode;
        readonly names: readonly string[];
        readonly source: Expression;
        readonly body: Statement;
      }
    | { readonly kind: 'return'; readonly value: Expression | undefined }
    | { readonly kind: 'break' }
    | { readonly kind: 'continue' }
    | { readonly kind: 'throw'; readonly value: Expression | undefined }
    | {
        readonly kind: 'try';
        readonly body: Block;
        readonly catches: readonly CatchClause[];
        readonly last: Block | undefined;
      }
    | { readonly kind: 'switch'; readonly value: Expression; readonly sections: readonly SwitchSection[] }
    | { readonly kind: 'goto'; readonly label: string }
    | { readonly kind: 'gotoCase'; readonly value: Expression | undefined }
    | { readonly kind: 'labeled'; readonly label: string; readonly statement: Statement }
    | { readonly kind: 'checkedBlock'; readonly isChecked: boolean; readonly body: Block }
    | { readonly kind: 'using'; readonly resource: LocalDeclaration | Expression; readonly body: Statement }
    | { readonly kind: 'empty' }
  );
export interface CatchClause extends Span {
  readonly type: TypeNode | undefined;
  readonly name: string;
  readonly filter: Expression | undefined;
  readonly body: Block;
}
export interface SwitchSection extends Span {
  readonly labels: readonly (Span & {
    readonly pattern: Pattern | undefined;
    readonly guard: Expression | undefined;
  })[];
  readonly statements: readonly Statement[];
}

/** A mistake of form; binding has its own. */
export class SyntaxMistake extends Error {
  readonly span: Span;
  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}
