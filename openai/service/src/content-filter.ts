/**
 * The content filter: a small set of written rules in English and Portuguese, enough to meet every shape that Azure's
 * filter gives an answer. It is a classifier of obvious phrases and no more; low severities are noted and let pass.
 */
export type Severity = 'safe' | 'low' | 'medium' | 'high';
type HarmCategory = 'hate' | 'self_harm' | 'sexual' | 'violence';

interface Rule {
  readonly category: HarmCategory;
  readonly severity: Exclude<Severity, 'safe'>;
  readonly pattern: RegExp;
}

const rules: readonly Rule[] = [
  { category: 'violence', severity: 'low', pattern: /\b(fight|weapon|murder|battle|arma|briga|assassinato)s?\b/i },
  {
    category: 'violence',
    severity: 'medium',
    pattern: /\b(i want|i am going|i'm going|eu quero|vou) (to )?(hurt|attack|beat up|machucar|atacar|espancar)\b/i,
  },
  {
    category: 'violence',
    severity: 'high',
    pattern:
      /\b(want|going|plan|how) to (kill|murder|massacre)\b.{0,40}\b(him|her|them|you|people|someone|everyone|my)\b/i,
  },
  { category: 'violence', severity: 'high', pattern: /\b(build|make|construct) (a|an) .{0,20}\bbomb\b/i },
  {
    category: 'violence',
    severity: 'high',
    pattern: /\b(quero|vou|como) matar\b.{0,40}\b(ele|ela|eles|elas|voc[êe]|pessoas|algu[ée]m|todos|meu|minha)\b/i,
  },
  { category: 'violence', severity: 'high', pattern: /\b(construir|fazer|montar) uma bomba\b/i },
  { category: 'self_harm', severity: 'low', pattern: /\b(suicide|suic[íi]dio|self-harm)\b/i },
  {
    category: 'self_harm',
    severity: 'high',
    pattern: /\b((kill|hurt|cut) myself|end my life|me matar|tirar minha vida|me cortar)\b/i,
  },
  { category: 'hate', severity: 'low', pattern: /\b(racism|racist|racismo|racista)\b/i },
  {
    category: 'hate',
    severity: 'high',
    pattern:
      /\b(i hate|we hate|exterminate|odeio|exterminar) (all |todos os |todas as )?(jews|muslims|christians|blacks|whites|immigrants|gays|women|judeus|mu[çc]ulmanos|crist[ãa]os|negros|brancos|imigrantes|mulheres)\b/i,
  },
  { category: 'sexual', severity: 'low', pattern: /\b(sexuality|nudity|nudez|sexualidade)\b/i },
  {
    category: 'sexual',
    severity: 'high',
    pattern:
      /\b(explicit sex|pornographic|erotic) (scene|story|content)\b|\b(cena|hist[óo]ria|conto) (de sexo expl[íi]cito|pornogr[áa]fic[ao]|er[óo]tic[ao])\b/i,
  },
];

const jailbreak =
  /\b(ignore|disregard|forget|ignore|desconsidere|esque[çc]a) (all |any |todas as |as )?(your |the |previous |prior |above |suas |instru[çc][õo]es )+(instructions|rules|guidelines|anteriores|regras)\b|\bDAN mode\b|\bdo anything now\b/i;

const rank: Readonly<Record<Severity, number>> = { safe: 0, low: 1, medium: 2, high: 3 };

export interface SeverityResult {
  readonly filtered: boolean;
  readonly severity: Severity;
}
export interface DetectionResult {
  readonly detected: boolean;
  readonly filtered: boolean;
}

export interface FilterResult {
  readonly isFiltered: boolean;
  /** Azure's object, keys in Azure's order. */
  readonly result: Readonly<Record<string, SeverityResult | DetectionResult>>;
}

function severities(text: string): Record<HarmCategory, SeverityResult> {
  const found: Record<HarmCategory, Severity> = { hate: 'safe', self_harm: 'safe', sexual: 'safe', violence: 'safe' };
  for (const { category, severity, pattern } of rules) {
    if (rank[severity] > rank[found[category]] && pattern.test(text)) found[category] = severity;
  }
  const result = (severity: Severity): SeverityResult => ({ filtered: rank[severity] >= rank.medium, severity });
  return {
    hate: result(found.hate),
    self_harm: result(found.self_harm),
    sexual: result(found.sexual),
    violence: result(found.violence),
  };
}

const detection = (detected: boolean): DetectionResult => ({ detected, filtered: detected });

/** A prompt is looked at in parts of this length, which overlap by more than any rule reaches. */
const PART = 64_000;
const OVERLAP = 400;

/** The whole prompt, text by text; between parts of a long one others run. */
export async function filterPrompt(texts: readonly string[], breathe: () => Promise<void>): Promise<FilterResult> {
  let { hate, self_harm, sexual, violence } = severities('');
  let isJailbreak = false;
  for (const text of texts) {
    for (let start = 0; start < text.length; start += PART) {
      const part = text.slice(start, start + PART + OVERLAP);
      const found = severities(part);
      hate = worse(hate, found.hate);
      self_harm = worse(self_harm, found.self_harm);
      sexual = worse(sexual, found.sexual);
      violence = worse(violence, found.violence);
      isJailbreak ||= jailbreak.test(part);
      await breathe();
    }
  }
  const result = { hate, jailbreak: detection(isJailbreak), self_harm, sexual, violence };
  return { isFiltered: Object.values(result).some((one) => one.filtered), result };
}

const worse = (one: SeverityResult, other: SeverityResult) => (rank[other.severity] > rank[one.severity] ? other : one);

export function filterCompletion(text: string): FilterResult {
  const { hate, self_harm, sexual, violence } = severities(text);
  const result = {
    hate,
    protected_material_code: detection(false),
    protected_material_text: detection(false),
    self_harm,
    sexual,
    violence,
  };
  return { isFiltered: Object.values(result).some((one) => one.filtered), result };
}
