/** A mistake in an expression; offsets are UTF-16 units into the text given to `compile`. */
export interface ExpressionDiagnostic {
  /** `csharp.syntax`, `csharp.type`, `csharp.unknownName`, `csharp.unsupported`. */
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly length: number;
  /** The name of the type, member or construct that the message is about. */
  readonly subject?: string;
}

export interface ExpressionBudget {
  /** Nodes evaluated. */
  readonly steps: number;
  /** Characters, bytes and elements allocated. */
  readonly memory: number;
  /** Milliseconds. */
  readonly time: number;
}

export interface CompiledExpression {
  /** With any, `evaluate` throws ExpressionError. */
  readonly diagnostics: readonly ExpressionDiagnostic[];
  /** Bodies that the expression may read: they must be buffered before `evaluate`. */
  readonly needs: { readonly requestBody: boolean; readonly responseBody: boolean };
  /** C# name of the static type of the result. */
  readonly type: string;
  /** Synchronous. Throws ExpressionError for what .NET would throw and where the budget ends. */
  evaluate(context: ExpressionContext): ExpressionValue;
}

/** Opaque outside of this room but for null, string, boolean; `toText` says what a header would show. */
export type ExpressionValue = unknown;

export interface CSharp {
  /** `text` with its `@(` … `)` or `@{` … `}`. Never throws for a user's text. */
  compile(text: string): CompiledExpression;
}

/** An exception of the expression. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** Full .NET name: `System.NullReferenceException`. */
  readonly type: string;
  /** The value that C# code sees in `catch`. */
  readonly inner: ExpressionError | undefined;
  constructor(type: string, message: string, inner?: ExpressionError) {
    super(message);
    this.type = type;
    this.inner = inner;
  }
}

/** The part of a request's state that expressions see; PolicyContext of `@vigia/policy` has this shape. */
export interface ExpressionContext {
  readonly requestId: string;
  readonly timestamp: Date;
  /** The clock of `DateTime.UtcNow`, in milliseconds since the Unix epoch; absent: the machine's. */
  now?(): number;
  elapsedMs(): number;
  readonly deployment: {
    readonly region: string;
    readonly serviceName: string;
    readonly serviceId: string;
    readonly gatewayId: string;
    readonly instanceId?: string;
    /** Made by `certificateValue`. */
    readonly certificates?: ReadonlyMap<string, ExpressionValue>;
  };
  readonly api:
    | {
        readonly id: string;
        readonly displayName: string;
        readonly path: string;
        readonly revision: string;
        readonly isCurrent: boolean;
        readonly version?: string;
        readonly serviceUrl?: string;
        readonly protocols: readonly string[];
        readonly subscriptionKeyParameterNames: { readonly header: string; readonly query: string };
      }
    | undefined;
  readonly operation:
    | { readonly id: string; readonly displayName: string; readonly method: string; readonly urlTemplate: string }
    | undefined;
  readonly product:
    | {
        readonly id: string;
        readonly displayName: string;
        readonly state: string;
        readonly subscriptionRequired: boolean;
        readonly approvalRequired?: boolean;
        readonly subscriptionsLimit?: number;
        readonly groups?: readonly { readonly id: string; readonly name: string }[];
      }
    | undefined;
  readonly subscription:
    | {
        readonly id: string;
        readonly displayName: string;
        readonly key: string;
        readonly createdDate: string;
        /** Told as texts; a host that keeps hashes only has something else here, which C# does not see. */
        readonly primaryKey?: unknown;
        readonly secondaryKey?: unknown;
        readonly startDate?: string;
        readonly endDate?: string;
      }
    | undefined;
  /** Absent: `context.User` is null. */
  readonly user?:
    | {
        readonly id: string;
        readonly email: string;
        readonly firstName: string;
        readonly lastName: string;
        readonly note?: string;
        readonly registrationDate?: string;
        readonly groups?: readonly { readonly id: string; readonly name: string }[];
        readonly identities?: readonly { readonly id: string; readonly provider: string }[];
      }
    | undefined;
  readonly workspace?: { readonly id: string; readonly name: string };
  readonly backend?: { readonly id: string; readonly azureRegion?: string; readonly type?: string };
  readonly tracing?: boolean;
  readonly request: {
    readonly method: string;
    readonly originalUrl: ExpressionUrl;
    readonly url: ExpressionUrl;
    readonly headers: ExpressionHeaders;
    readonly body: { readonly bytes: Uint8Array | undefined } | undefined;
    readonly ipAddress: string;
    readonly matchedParameters: Readonly<Record<string, string>>;
    /** Made by `certificateValue`. */
    readonly certificate?: ExpressionValue;
  };
  readonly response:
    | {
        readonly status: number;
        readonly reason: string;
        readonly headers: ExpressionHeaders;
        readonly body: { readonly bytes: Uint8Array | undefined } | undefined;
      }
    | undefined;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly lastError:
    | {
        readonly source: string;
        readonly reason: string;
        readonly message: string;
        readonly scope?: string;
        readonly section?: string;
        readonly path?: string;
        readonly policyId?: string;
      }
    | undefined;
  trace(entry: { source: string; level: 'information'; message: string }): void;
}

export interface ExpressionUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

export interface ExpressionHeaders {
  get(name: string): readonly string[] | undefined;
  has(name: string): boolean;
  entries(): Iterable<readonly [name: string, values: readonly string[]]>;
}
