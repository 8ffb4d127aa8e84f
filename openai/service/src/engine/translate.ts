import { topicsIn } from './subject.ts';
import type { Language } from './topic.ts';

/** English to Portuguese; the same list is read backwards. Phrases of several words come first when they match. */
const pairs = `good morning=bom dia|good afternoon=boa tarde|good evening=boa noite|good night=boa noite|thank you very much=muito obrigado|thank you=obrigado|
how are you=como vai você|you are welcome=de nada|see you soon=até logo|what is your name=qual é o seu nome|my name is=meu nome é|i love you=eu te amo|
nice to meet you=prazer em conhecê-lo|excuse me=com licença|i do not know=eu não sei|i don't know=eu não sei|there is=há|there are=há|
hello=olá|hi=oi|goodbye=adeus|bye=tchau|please=por favor|thanks=obrigado|yes=sim|no=não|not=não|world=mundo|friend=amigo|friends=amigos|house=casa|home=casa|
water=água|food=comida|bread=pão|coffee=café|book=livro|books=livros|dog=cachorro|cat=gato|day=dia|night=noite|week=semana|month=mês|year=ano|time=tempo|weather=tempo|
today=hoje|tomorrow=amanhã|yesterday=ontem|now=agora|here=aqui|there=lá|where=onde|when=quando|why=por que|how=como|what=o que|who=quem|which=qual|
i=eu|you=você|he=ele|she=ela|we=nós|they=eles|me=me|my=meu|your=seu|his=dele|her=dela|our=nosso|this=este|that=esse|
am=sou|is=é|are=são|was=era|have=tenho|has=tem|want=quero|need=preciso|like=gosto de|love=amo|know=sei|see=vejo|go=vou|work=trabalho|live=moro|eat=como|speak=falo|learn=aprendo|
help=ajuda|the=o|a=um|an=um|and=e|or=ou|but=mas|with=com|without=sem|for=para|of=de|in=em|on=em|to=para|from=de|very=muito|more=mais|less=menos|also=também|always=sempre|never=nunca|
big=grande|small=pequeno|new=novo|old=velho|good=bom|bad=ruim|beautiful=bonito|happy=feliz|sad=triste|fast=rápido|slow=lento|red=vermelho|blue=azul|green=verde|black=preto|white=branco|
one=um|two=dois|three=três|four=quatro|five=cinco|six=seis|seven=sete|eight=oito|nine=nove|ten=dez|
man=homem|woman=mulher|child=criança|people=pessoas|city=cidade|country=país|street=rua|school=escola|teacher=professor|student=aluno|computer=computador|service=serviço|
question=pergunta|answer=resposta|email=e-mail|flight=voo|hotel=hotel|price=preço|order=pedido|customer=cliente|account=conta|balance=saldo|user=usuário|search=busca|temperature=temperatura|
meeting=reunião|calendar=agenda|news=notícias|stock=ação|currency=moeda|payment=pagamento|car=carro|sun=sol|rain=chuva|sky=céu`;

const table: Readonly<Record<Language, ReadonlyMap<string, string>>> = (() => {
  const toPortuguese = new Map<string, string>();
  const toEnglish = new Map<string, string>();
  for (const topic of topicsIn('en')) {
    const other = topicsIn('pt').find(({ id }) => id === topic.id);
    if (other === undefined) continue;
    toPortuguese.set(topic.title.toLowerCase(), other.title.toLowerCase());
    toEnglish.set(other.title.toLowerCase(), topic.title.toLowerCase());
  }
  for (const pair of pairs.replaceAll('\n', '').split('|')) {
    const [english, portuguese] = pair.split('=');
    if (english === undefined || portuguese === undefined) continue;
    if (!toPortuguese.has(english)) toPortuguese.set(english, portuguese);
    if (!toEnglish.has(portuguese)) toEnglish.set(portuguese, english);
  }
  return { pt: toPortuguese, en: toEnglish };
})();

/** Every English word for a Portuguese one: `tempo` is time and weather. */
const englishFor = new Map<string, string[]>();
for (const [english, portuguese] of table.pt) {
  englishFor.set(portuguese, [...(englishFor.get(portuguese) ?? []), english]);
}

const LONGEST_PHRASE = 4;

export interface Translation {
  readonly text: string;
  /** Words that the dictionary does not have, each once; they stand in the text as they were. */
  readonly unknown: readonly string[];
}

/** Word by word, longer phrases first; signs and capitals at the start of a word stay. */
export function translate(text: string, to: Language): Translation {
  const parts = text.split(/([\p{L}][\p{L}'’-]*)/u);
  const unknown = new Set<string>();
  let result = parts[0] ?? '';
  let at = 1;
  while (at < parts.length) {
    const found = phraseAt(parts, at, table[to]);
    const word = parts[at] ?? '';
    if (found === undefined) {
      if (!/^\p{Lu}/u.test(word) || at === 1) unknown.add(word);
      result += word + (parts[at + 1] ?? '');
      at += 2;
      continue;
    }
    const isCapital = /^\p{Lu}/u.test(word);
    const keepsCapital = isCapital && !(to === 'pt' && word === 'I' && at > 1);
    result += keepsCapital ? found.text.slice(0, 1).toUpperCase() + found.text.slice(1) : found.text;
    at += 2 * found.words;
    result += parts[at - 1] ?? '';
  }
  return { text: result, unknown: [...unknown] };
}

function phraseAt(parts: readonly string[], at: number, words: ReadonlyMap<string, string>) {
  for (let count = LONGEST_PHRASE; count > 0; count -= 1) {
    const last = at + 2 * (count - 1);
    if (last >= parts.length) continue;
    const between = parts.slice(at, last + 1);
    if (between.some((part, index) => index % 2 === 1 && part !== ' ')) continue;
    const text = words.get(between.join('').toLowerCase());
    if (text !== undefined) return { text, words: count };
  }
  return undefined;
}

/** What a Portuguese word may be in English, as far as the small dictionary has it. */
export const englishOf = (word: string): readonly string[] => englishFor.get(word.toLowerCase()) ?? [];
