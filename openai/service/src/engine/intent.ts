import type { Turn } from '../conversation.ts';
import { type Sum, sumIn } from './arithmetic.ts';
import { type CodeLanguage, codeWishOf } from './code-sample.ts';
import { type Extract, materialIn } from './given-text.ts';
import { numberFrom, numeral } from './manner.ts';
import { hasSubject, subjectOf } from './subject.ts';
import type { Language } from './topic.ts';

export type Angle = 'what' | 'why' | 'how' | 'example' | 'compare' | 'more' | 'simpler';

/** What the last user turn wants. */
export type Intent =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'greeting' | 'thanks' | 'farewell' | 'howAreYou' | 'whoAreYou' | 'abilities' }
  | { readonly kind: 'sum'; readonly sum: Sum }
  | { readonly kind: 'summarise'; readonly material: string | undefined; readonly refersBack: boolean }
  | {
      readonly kind: 'translate';
      readonly material: string | undefined;
      readonly to: Language | undefined;
      readonly toName: string;
    }
  | {
      readonly kind: 'classify';
      readonly material: string | undefined;
      readonly labels: readonly [string, ...string[]];
    }
  | { readonly kind: 'extract'; readonly material: string; readonly what: readonly Extract[] }
  | { readonly kind: 'code'; readonly language: CodeLanguage }
  | { readonly kind: 'joke' | 'poem' | 'story' | 'letter' }
  /** `words` Infinity: until whoever reads has enough; undefined: nothing was said. */
  | { readonly kind: 'long'; readonly words: number | undefined }
  | { readonly kind: 'list'; readonly count: number }
  /** `isFollowUp`: it names no subject of its own and means that of the conversation. */
  | { readonly kind: 'explain'; readonly angle: Angle; readonly isFollowUp: boolean };

/** Requests stand at the start; what follows may be material of any length. */
const START = 1_500;

const rules: readonly ((request: Request) => Intent | undefined)[] = [
  ({ text, language }) => {
    const sum = sumIn(text, language);
    return sum === undefined ? undefined : { kind: 'sum', sum };
  },
  ({ start }) => {
    const text = sayingOf(start);
    return text === undefined ? undefined : { kind: 'say', text };
  },
  ({ text, start }) => {
    if (!/\b(?:translat\p{L}*|tradu[zç]\p{L}*)/iu.test(start)) return undefined;
    const name =
      /\b(?:to|into|para|em|in)\s+(?:o\s+)?(english|ingl[êe]s|(?:brazilian )?portuguese|portugu[êe]s|\p{L}+)/iu.exec(
        start.replace(/\bfrom \p{L}+|\bd[eo] \p{L}+ (?=para)/iu, ''),
      )?.[1];
    if (name === undefined) return undefined;
    const to = /^ingl|^engl/iu.test(name) ? 'en' : /portugu/iu.test(name) ? 'pt' : undefined;
    return { kind: 'translate', material: materialIn(text) ?? looseMaterial(start), to, toName: name };
  },
  ({ text, start }) => {
    if (!/\b(?:summar(?:y|i[sz]e\w*)|tl;?dr|resum(?:a|o|ir|e)|sintetize)(?!\p{L})/iu.test(start)) return undefined;
    const material = materialIn(text);
    const refersBack =
      /\b(?:this|that|it|above|our|we|you|conversation|chat|isso|isto|acima|conversa|nossa|você)(?!\p{L})/iu.test(
        start,
      );
    const isLongEnough = material !== undefined && material.length >= 40;
    return isLongEnough || refersBack || material !== undefined
      ? { kind: 'summarise', material, refersBack }
      : undefined;
  },
  classifying,
  ({ text, start }) => {
    if (!/\b(?:extract|find all|list all|extraia|extrair)\b/iu.test(start)) return undefined;
    const material = materialIn(text);
    const kinds: readonly (readonly [RegExp, Extract])[] = [
      [/e-?mails?/iu, 'email'],
      [/\b(?:urls?|links?)\b/iu, 'url'],
      [/\b(?:dates?|datas?)\b/iu, 'date'],
      [/\b(?:numbers?|amounts?|n[úu]meros?|valores)(?!\p{L})/iu, 'number'],
      [/\b(?:names?|people|nomes?|pessoas)\b/iu, 'name'],
    ];
    const order = text.slice(0, text.length - (material?.length ?? 0));
    const what = kinds.filter(([pattern]) => pattern.test(order)).map(([, kind]) => kind);
    return material === undefined || what.length === 0 ? undefined : { kind: 'extract', material, what };
  },
  smallTalk,
  longing,
  ({ text }) => {
    const language = codeWishOf(text);
    return language === undefined ? undefined : { kind: 'code', language };
  },
  ({ start }) => {
    const kinds = [
      ['joke', /\b(?:jokes?|piadas?)\b/iu],
      ['poem', /\b(?:poems?|haikus?|verses?|poemas?|haicai|versos)\b/iu],
      ['story', /\b(?:tell|write|conte|escreva)\b[^.\n]{0,30}\b(?:story|tale|hist[óo]ria|conto)(?!\p{L})/iu],
      ['letter', /\b(?:write|draft|compose|escreva|redija)\b[^.\n]{0,30}\b(?:e-?mails?|letters?|cartas?)\b/iu],
    ] as const;
    const kind = kinds.find(([, pattern]) => pattern.test(start))?.[0];
    return kind === undefined ? undefined : { kind };
  },
  ({ start }) => {
    const match = counted.exec(start);
    const count = numberFrom(match?.[1]);
    if (count !== undefined && count > 1 && count <= 100) return { kind: 'list', count };
    return /\b(?:list|enumerate|liste|enumere|cite)\b(?! (?:all|all of)\b)/iu.test(start) &&
      !/\bwhat is a list\b/iu.test(start)
      ? { kind: 'list', count: 5 }
      : undefined;
  },
  explaining,
];

interface Request {
  readonly text: string;
  readonly start: string;
  readonly language: Language;
  readonly isFirst: boolean;
}

export function intentOf(
  text: string,
  { turns, language }: { readonly turns: readonly Turn[]; readonly language: Language },
): Intent {
  const isFirst = turns.filter(({ role }) => role === 'user').length <= 1;
  const request: Request = { text, start: text.slice(0, START), language, isFirst };
  for (const rule of rules) {
    const intent = rule(request);
    if (intent !== undefined) return intent;
  }
  return { kind: 'explain', angle: 'what', isFollowUp: false };
}

const counted = new RegExp(
  `\\b(${numeral})\\s+(?:\\p{L}+\\s+){0,2}?(?:kinds?|types?|ways?|reasons?|examples?|points?|facts?|things?|tips?|steps?|items?|benefits?|advantages?|features?|ideas?|uses?|rules?|questions?|names?|differences?|mistakes?|tipos?|formas?|maneiras?|motivos?|raz[õo]es|exemplos?|pontos?|fatos?|coisas?|dicas?|passos?|itens?|vantagens|benef[íi]cios|ideias?|usos?|regras?|perguntas?|nomes?|diferen[çc]as?|erros?)(?!\\p{L})`,
  'iu',
);

const saying =
  /^\s*(?:please\s+|por favor,?\s+)?(?:(say|repeat|echo|print|diga|repita)|(?:reply|respond|answer|output|write|responda|escreva))(?:\s+(?:back|me|to me|after me|depois de mim|comigo|(?:this|isto)(?=\s*:)|the following|the text|o texto|a frase|o seguinte))*(\s+(?:(?:with|com|only|just|exactly|apenas|só|somente|exatamente|(?:the |a |o |as )?(?:single |exact )?(?:words?|palavras?|phrase|token))[\s:]+)+|\s+|:\s*)(.+)$/isu;

/** The text of “say …”, “reply with exactly …”; undefined where the request wants a text of its own. */
function sayingOf(start: string): string | undefined {
  const line = start.trim();
  if (line.length > 400) return undefined;
  const [, verb, strict = '', rest = ''] = saying.exec(line) ?? [];
  if (rest === '') return undefined;
  const quoted = /^["“'`«]([^"”`»]+?)["”'`»](?=$|[\s.!?,])/u.exec(rest)?.[1];
  const isStrict = /only|just|exactly|words?|phrase|token|apenas|só|somente|exatamente|palavra/iu.test(strict);
  if (quoted !== undefined) return verb !== undefined || strict.trim() !== '' ? quoted : undefined;
  if (verb === undefined && !isStrict) return undefined;
  if (
    /^(?:an?|one|the|uma?|o|os|as|if|whether|se|something|anything|why|what|how|where|algo|por que|como|o que|yes or no|sim ou não|in|em|about|sobre|hi to|me)(?!\p{L})|\bjson\b|\b(?:in|em) (?:english|portuguese|spanish|french|inglês|português)/iu.test(
      rest,
    )
  ) {
    return undefined;
  }
  const text =
    rest.split(/(?<=\p{L})[.]?\s+(?:and nothing else|and no other|nothing else|e nada mais)|\n/iu)[0]?.trim() ?? '';
  return text === '' || text.split(/\s+/).length > 30 ? undefined : text.replace(/(?<=\w)\.$/, '');
}

function smallTalk({ text, start, language }: Request): Intent | undefined {
  if (text.length > 200) return undefined;
  const is = (pattern: RegExp) => pattern.test(start);
  if (
    is(
      /\b(?:who are you|what are you|what(?:'s| is) your name|introduce yourself|which model are you|quem é você|qual (?:é )?(?:o )?seu nome|apresente-se|que modelo é você)(?!\p{L})/iu,
    )
  ) {
    return { kind: 'whoAreYou' };
  }
  if (
    is(
      /\bwhat can you do\b|\bhow can you help\b|^\s*help\W*$|\bwhat do you know\b|\bo que você (?:sabe|pode|consegue)(?: fazer)?(?!\p{L})|^\s*ajuda\W*$/iu,
    )
  ) {
    return { kind: 'abilities' };
  }
  if (
    is(
      /\bhow are you\b|\bhow is it going\b|\bhow do you do\b|\bcomo (?:vai|está)(?: você)?\s*[?!.]*$|\btudo bem\s*\?/iu,
    )
  )
    return { kind: 'howAreYou' };
  if (hasSubject(text.replaceAll(greetings, ' '), language)) return undefined;
  if (is(/\b(?:thank you|thanks|thx|cheers|obrigad[oa]|valeu|agradeço)(?!\p{L})/iu)) return { kind: 'thanks' };
  if (is(/\b(?:bye|goodbye|see you|good night|tchau|até (?:logo|mais|breve)|adeus|boa noite)(?!\p{L})/iu))
    return { kind: 'farewell' };
  if (is(new RegExp(greetings.source, 'iu')) && !is(/\?/)) return { kind: 'greeting' };
  return undefined;
}

const greetings =
  /\b(?:hello|hi|hey|hiya|greetings|good (?:morning|afternoon|evening|day|night)|olá|oi|opa|bom dia|boa (?:tarde|noite)|thank you|thanks|thx|cheers|obrigad[oa]|valeu|agradeço|bye|goodbye|see you|tchau|até (?:logo|mais|breve)|adeus|there|everyone|world|mundo|soon|later|much|lot|friend|amigo|assistant)(?!\p{L})/giu;

function classifying({ text, start }: Request): Intent | undefined {
  if (!/\b(?:classif\w+|categori[sz]\w+|label|sentiment|sentimento)(?!\p{L})/iu.test(start)) return undefined;
  const listed =
    /\b(?:as|into|in|between|among|of|labels?|categories|classes|sentiment|como|em|entre|r[óo]tulos|categorias|sentimento)[:\s]+(?:either |one of |ou |uma de )?((?:["'“]?[\p{L}-]+["'”]?(?:\s*(?:,|\/|\||\bor\b|\bou\b|\band\b|\be\b))+\s*)+["'“]?[\p{L}-]+["'”]?)/iu.exec(
      start,
    );
  const labels = (listed?.[1] ?? '')
    .split(/\s*(?:,|\/|\||\bor\b|\bou\b|\band\b|\be\b)\s*/iu)
    .map((label) => label.replaceAll(/["'“”]/g, '').trim())
    .filter((label) => label !== '');
  const isSentiment = /sentiment/iu.test(start);
  const [first, ...rest] = labels;
  if (first === undefined && !isSentiment) return undefined;
  if (first === undefined && /\b(?:what is|explain|o que é|explique)\b[^:]*$/iu.test(start)) return undefined;
  const known: readonly [string, ...string[]] =
    first !== undefined && rest.length > 0
      ? [first, ...rest]
      : /sentimento/iu.test(start)
        ? ['positivo', 'negativo', 'neutro']
        : ['positive', 'negative', 'neutral'];
  return { kind: 'classify', material: materialIn(text), labels: known };
}

const wordsASheet = 400;
const long =
  /\b(?:(?:very|really|extremely) )?(?:long|lengthy|detailed|comprehensive|exhaustive|in-depth)\b[^.\n]{0,40}\b(?:text|essay|article|story|report|answer|explanation|document|guide|book|overview|description|response)s?\b|\b(?:essay|book|novel|treatise|whitepaper|white paper)\b|\bas (?:long|much) as (?:you can|possible|you want|max_tokens)\b|\bin (?:great|full|much) detail\b|\btexto\b[^.\n]{0,20}\b(?:longo|comprido|extenso|detalhado)(?!\p{L})|\b(?:redação|ensaio|livro|tratado)(?!\p{L})|\bo mais longo possível|\bcom (?:muitos|todos os) detalhes|\b(?:artigo|história|relatório|explicação|guia|resposta)\b[^.\n]{0,20}\b(?:long[oa]|extens[oa]|detalhad[oa]|complet[oa])(?!\p{L})/iu;
const endless =
  /\bas (?:long|much) as (?:you can|possible|you want|max_tokens)|\bas many words as|\bnever stop|\bwithout stopping|\bo mais longo possível|\btão longo quanto|\bo máximo (?:que puder|possível)|\bsem parar/iu;

function longing({ start }: Request): Intent | undefined {
  if (
    !/\b(?:write|compose|create|generate|produce|give|tell|need|want|explain|describe|escreva|crie|gere|produza|conte|quero|preciso|explique|descreva|redija|faça)(?!\p{L})/iu.test(
      start,
    ) &&
    !endless.test(start)
  ) {
    return undefined;
  }
  const measured = new RegExp(
    `\\b(${numeral})[\\s-]*(thousand |mil )?(words?|pages?|paragraphs?|kb|kilobytes?|characters?|palavras?|páginas?|parágrafos?|caracteres)(?!\\p{L})`,
    'iu',
  ).exec(start);
  const isLimit =
    /\b(?:most|under|within|less than|no more than|fewer than|up to|maximum|max|máximo|até|menos de|in|em)\s+(?:\p{L}+\s+){0,2}$/iu.test(
      start.slice(0, measured?.index ?? 0),
    );
  const count = numberFrom(measured?.[1]);
  if (measured !== null && count !== undefined && !isLimit) {
    const each = unitWords[(measured[3] ?? '').slice(0, 3).toLowerCase()] ?? 1;
    const words = Math.ceil(count * each * (measured[2] === undefined ? 1 : 1000));
    if (words >= 120) return { kind: 'long', words };
  }
  if (endless.test(start)) return { kind: 'long', words: Number.POSITIVE_INFINITY };
  return long.test(start) ? { kind: 'long', words: undefined } : undefined;
}

/** By the first three letters of a unit, in both languages. */
const unitWords: Readonly<Record<string, number>> = {
  wor: 1,
  pal: 1,
  pag: wordsASheet,
  pág: wordsASheet,
  par: 60,
  kb: 170,
  kil: 170,
  cha: 0.17,
  car: 0.17,
};

const followUp =
  /^\s*(?:and|but|so|ok(?:ay)?|e|mas|então|well)?[\s,]*(?:why(?: is that| so)?|how so|how|what else|what about (?:it|that)|and then|go on|continue|more|tell me more(?: about (?:it|that))?|say more|elaborate|really|explain(?: (?:more|further|it|that))?|(?:can|could) you (?:explain|elaborate|continue|say more|tell me more|give)[^?]{0,40}|(?:give me |show me )?(?:an|another|one more) example|for example|example|(?:explain (?:it|that) )?(?:more simply|in simpler (?:words|terms)|simpler)|por qu[eê]|como assim|como|conte mais|fale mais(?: sobre isso)?|continue|prossiga|mais|mais detalhes|e depois|explique(?: melhor| mais| isso)?|(?:me )?d[êe] (?:um|outro|mais um) exemplo|(?:um |outro )?exemplo|mais simples|de forma mais simples|o que mais)[\s,.!?]*(?:please|por favor)?[\s.!?]*$/iu;

function explaining({ text, start, language, isFirst }: Request): Intent {
  const isFollowUp = !isFirst && (followUp.test(start) || (text.length < 80 && refersBack(start, language)));
  const at = (pattern: RegExp) => pattern.test(start);
  const angle: Angle = at(
    /\b(?:differ(?:ence|ent|s)?|compar\p{L}*|versus|vs|diferença|diferenças|distingu\p{L}*)(?!\p{L})/iu,
  )
    ? 'compare'
    : at(/\b(?:simpl(?:er|y|e terms|es|esmente)|mais simples|eli5|like i(?:'m| am) five)(?!\p{L})/iu)
      ? 'simpler'
      : at(/\bexamples?\b|\bexemplos?\b/iu)
        ? 'example'
        : at(/\bwhy\b|\breasons?\b|\bpor qu[eê](?!\p{L})|\bmotivos?\b/iu)
          ? 'why'
          : at(
                /\b(?:tell me more|say more|go on|continue|more|elaborate|further|what else|fale mais|conte mais|mais|continue|prossiga)(?!\p{L})/iu,
              ) && isFollowUp
            ? 'more'
            : at(/\bhow (?:do|does|can|could|should|to|is|are|would)\b|\bhow\b\s*\??\s*$|\bcomo\b/iu)
              ? 'how'
              : 'what';
  return { kind: 'explain', angle: isFollowUp && angle === 'what' ? 'more' : angle, isFollowUp };
}

/** `What about it?`, `And its price?`: a pronoun and no subject that is known. */
const refersBack = (start: string, language: Language) =>
  subjectOf(start, language) === undefined &&
  /\b(?:it|its|that|this|they|them|those|isso|isto|ele|ela|eles|elas|disso|dele|dela)(?!\p{L})/iu.test(start);

/** `Translate hello into Portuguese`: the words between. */
function looseMaterial(start: string): string | undefined {
  const match =
    /\b(?:translate|traduza|traduzir)\s+(?:the (?:word|sentence|phrase)\s+|a (?:palavra|frase)\s+)?(.{2,200}?)\s+(?:to|into|para)\s+(?:o\s+)?\p{L}+\W*$/isu.exec(
      start,
    );
  const text = match?.[1]?.trim();
  return text === undefined || /^(?:this|that|it|isso|isto|the following|o seguinte)\b/iu.test(text) ? undefined : text;
}
