import { stemsOf } from './words.ts';

/** Written examples of code; a request gets the one that fits its words, or an honest skeleton. */
interface Sample {
  readonly language: CodeLanguage;
  readonly about: string;
  readonly code: string;
}

export type CodeLanguage = 'python' | 'javascript' | 'typescript' | 'csharp' | 'bash' | 'kql' | 'xml' | 'sql';

const languages: readonly (readonly [RegExp, CodeLanguage])[] = [
  [/\b(?:kql|kusto)\b/iu, 'kql'],
  [/\bpython\b/iu, 'python'],
  [/\btypescript\b/iu, 'typescript'],
  [/\b(?:javascript|node(?:\.?js)?)\b/iu, 'javascript'],
  [/(?<!\p{L})c#|\bcsharp\b|\.net\b/iu, 'csharp'],
  [/\b(?:curl|bash|shell)\b/iu, 'bash'],
  [/\b(?:policy|pol[íi]tica|xml)\b/iu, 'xml'],
  [/\bsql\b/iu, 'sql'],
];

const wish =
  /\b(?:code|snippets?|functions?|scripts?|programs?|implement|c[óo]digo|fun[çc][ãa]o|implemente|curl|regex)(?!\p{L})|\b(?:write|show|give me|create|escreva|mostre|crie|me d[êe])\b[^.\n]{0,60}\b(?:quer(?:y|ies)|consultas?|policy|pol[íi]tica|(?:in|em) (?:python|javascript|typescript|kql|sql|xml|c#))(?!\p{L})/iu;

/** In which language code is wished for; undefined: none is. */
export function codeWishOf(text: string): CodeLanguage | undefined {
  const start = text.slice(0, 1_000);
  if (!wish.test(start)) return undefined;
  const named = languages.find(([pattern]) => pattern.test(start))?.[1];
  if (
    /\bfunction call(?:ing|s)?\b|\bazure functions?\b|\bstatus code|\b(?:error|response|status) code\b|\bc[óo]digo de (?:status|erro)/iu.test(
      start,
    ) &&
    named === undefined
  )
    return undefined;
  return named ?? 'python';
}

const samples: readonly Sample[] = [
  {
    language: 'kql',
    about: 'tokens usage sum by caller ip model prompt completion total consumo soma chamador modelo',
    code: `ApiManagementGatewayLogs
| where ResponseCode == 200
| extend body = parse_json(BackendResponseBody)
| extend model = tostring(body.model), prompt = toint(body.usage.prompt_tokens), completion = toint(body.usage.completion_tokens)
| summarize sum(prompt), sum(completion), calls = count() by CallerIpAddress, model`,
  },
  {
    language: 'kql',
    about: 'errors failures failed status hour count 429 500 erros falhas hora contagem',
    code: `ApiManagementGatewayLogs
| where TimeGenerated > ago(1d) and ResponseCode >= 400
| summarize failures = count() by bin(TimeGenerated, 1h), ApiId, ResponseCode
| order by TimeGenerated asc`,
  },
  {
    language: 'kql',
    about: 'slow latency duration percentile time lento latência duração tempo',
    code: `ApiManagementGatewayLogs
| summarize calls = count(), p50 = percentile(TotalTime, 50), p95 = percentile(TotalTime, 95) by OperationId
| order by p95 desc`,
  },
  {
    language: 'kql',
    about: 'newest recent latest events diagnostics rows take recentes últimos eventos diagnóstico linhas',
    code: `AzureDiagnostics
| top 100 by TimeGenerated
| project TimeGenerated, _ResourceId, Category, OperationName`,
  },
  {
    language: 'kql',
    about: 'prompts messages answers body content text perguntas respostas mensagens corpo',
    code: `ApiManagementGatewayLogs
| extend request = parse_json(RequestBody), answer = parse_json(ResponseBody)
| project TimeGenerated, prompt = request.messages[-1].content, answer = answer.choices[0].message.content`,
  },
  {
    language: 'xml',
    about: 'managed identity backend authorization header openai policy identidade gerenciada política',
    code: `<policies>
  <inbound>
    <base />
    <set-header name="api-key" exists-action="delete" />
    <authentication-managed-identity resource="https://cognitiveservices.azure.com" output-token-variable-name="token" />
    <set-header name="Authorization" exists-action="override">
      <value>@("Bearer " + (string)context.Variables["token"])</value>
    </set-header>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`,
  },
  {
    language: 'xml',
    about: 'rate limit calls subscription key throttle policy limite taxa chamadas assinatura política',
    code: `<policies>
  <inbound>
    <base />
    <rate-limit-by-key calls="60" renewal-period="60" counter-key="@(context.Subscription.Id)" />
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`,
  },
  {
    language: 'python',
    about: 'azure openai chat completion call client question chamada pergunta cliente modelo',
    code: `from openai import AzureOpenAI

client = AzureOpenAI(azure_endpoint=endpoint, api_key=key, api_version="2024-10-21")
answer = client.chat.completions.create(
    model="gpt-35-turbo",
    messages=[{"role": "user", "content": "What is a token?"}],
)
print(answer.choices[0].message.content, answer.usage.total_tokens)`,
  },
  {
    language: 'python',
    about: 'stream streaming tokens chat fluxo',
    code: `stream = client.chat.completions.create(
    model="gpt-35-turbo",
    messages=[{"role": "user", "content": "What is a token?"}],
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
  },
  {
    language: 'python',
    about: 'embedding embeddings vector similarity cosine search vetor similaridade busca',
    code: `def similarity(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other))

vectors = [item.embedding for item in client.embeddings.create(model="text-embedding-ada-002", input=texts).data]
print(similarity(vectors[0], vectors[1]))`,
  },
  {
    language: 'python',
    about: 'factorial fatorial',
    code: `def factorial(n: int) -> int:
    result = 1
    for factor in range(2, n + 1):
        result *= factor
    return result`,
  },
  {
    language: 'python',
    about: 'fibonacci',
    code: `def fibonacci(n: int) -> int:
    before, current = 0, 1
    for _ in range(n):
        before, current = current, before + current
    return before`,
  },
  {
    language: 'python',
    about: 'reverse string text inverter texto palavra',
    code: `def reverse(text: str) -> str:
    return text[::-1]`,
  },
  { language: 'python', about: 'hello world olá mundo print', code: `print("Hello, world!")` },
  {
    language: 'python',
    about: 'prime primes number primo primos número',
    code: `def is_prime(n: int) -> bool:
    return n > 1 and all(n % divisor for divisor in range(2, int(n**0.5) + 1))`,
  },
  {
    language: 'python',
    about: 'sum numbers list add soma somar números lista',
    code: `def total(numbers: list[float]) -> float:
    return sum(numbers)`,
  },
  {
    language: 'javascript',
    about: 'azure openai chat completion call client question chamada pergunta cliente modelo',
    code: `const { AzureOpenAI } = require('openai');
const client = new AzureOpenAI({ endpoint, apiKey, apiVersion: '2024-10-21' });
const answer = await client.chat.completions.create({
  model: 'gpt-35-turbo',
  messages: [{ role: 'user', content: 'What is a token?' }],
});
console.log(answer.choices[0].message.content, answer.usage.total_tokens);`,
  },
  {
    language: 'javascript',
    about: 'reverse string text inverter texto palavra',
    code: `const reverse = (text) => [...text].reverse().join('');`,
  },
  {
    language: 'javascript',
    about: 'factorial fatorial',
    code: `const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));`,
  },
  { language: 'javascript', about: 'hello world olá mundo print', code: `console.log('Hello, world!');` },
  {
    language: 'javascript',
    about: 'sum numbers list array add soma somar números lista',
    code: `const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);`,
  },
  {
    language: 'bash',
    about: 'azure openai chat completion call gateway api key curl request chamada',
    code: `curl "$ENDPOINT/openai/deployments/gpt-35-turbo/chat/completions?api-version=2024-10-21" \\
  -H "api-key: $KEY" -H "Content-Type: application/json" \\
  -d '{"messages":[{"role":"user","content":"What is a token?"}]}'`,
  },
];

const skeletons: Readonly<Record<CodeLanguage, (name: string, note: string) => string>> = {
  python: (name, note) => `def ${name}(value):\n    """${note}"""\n    raise NotImplementedError`,
  javascript: (name, note) => `// ${note}\nfunction ${camel(name)}(value) {\n  throw new Error('not written yet');\n}`,
  typescript: (name, note) =>
    `// ${note}\nfunction ${camel(name)}(value: string): string {\n  throw new Error('not written yet');\n}`,
  csharp: (name, note) =>
    `// ${note}\nstring ${camel(name).replace(/^./, (letter) => letter.toUpperCase())}(string value) => throw new NotImplementedException();`,
  bash: (name, note) => `# ${note}\n${name}() {\n  echo "not written yet" >&2\n  return 1\n}`,
  kql: (_name, note) =>
    `// ${note}\nAzureDiagnostics\n| where TimeGenerated > ago(1h)\n| summarize count() by OperationName`,
  xml: (_name, note) =>
    `<policies>\n  <inbound>\n    <base />\n    <!-- ${note} -->\n  </inbound>\n  <backend><base /></backend>\n  <outbound><base /></outbound>\n  <on-error><base /></on-error>\n</policies>`,
  sql: (_name, note) => `-- ${note}\nselect count(*) from rows where true;`,
};

/** `python function to reverse a string` is about reversing a string. */
const withoutLanguage = (subject: string) =>
  subject.replace(
    /^(?:(?:an?|uma?|in|em|python|javascript|typescript|c#|bash|sql|kql|function|fun[çc][ãa]o|script|program|programa|code|c[óo]digo|query|consulta|that|to|which|que|para)(?!\p{L})\s*)+/iu,
    '',
  );

const camel = (name: string) => name.replaceAll(/_(\w)/g, (_whole, letter: string) => letter.toUpperCase());

export interface CodeAnswer {
  readonly isSkeleton: boolean;
  /** In a fence, with its language. */
  readonly block: string;
}

export function codeFor(request: string, subject: string, language: CodeLanguage): CodeAnswer {
  const asked = stemsOf(request.slice(0, 1_000), 'en');
  const known = samples
    .filter((sample) => sample.language === language)
    .map((sample) => {
      let shared = 0;
      for (const stem of stemsOf(sample.about, 'en')) if (asked.has(stem)) shared += 1;
      return { code: sample.code, shared };
    })
    .sort((one, other) => other.shared - one.shared)[0];
  const fence = (code: string) => `\`\`\`${language}\n${code}\n\`\`\``;
  // The language itself is a word of some samples' subjects: one word in common is enough only where it is the subject.
  if (known !== undefined && known.shared > 0) return { isSkeleton: false, block: fence(known.code) };
  const name =
    withoutLanguage(subject)
      .normalize('NFD')
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.slice(0, 4)
      .join('_')
      .replace(/^(?=\d)/, 'f_') ?? 'solve';
  const note = subject.replaceAll(/["*/<>\n-]+/g, ' ').trim();
  return { isSkeleton: true, block: fence(skeletons[language](name, note)) };
}
