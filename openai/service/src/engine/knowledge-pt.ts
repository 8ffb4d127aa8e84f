import type { Topic } from './topic.ts';

/** What the text model knows, in Brazilian Portuguese, in words written for it. */
export const portugueseTopics: readonly Topic[] = [
  {
    id: 'api-management',
    title: 'Gerenciamento de API',
    isName: true,
    names: [
      'gerenciamento de api',
      'api management',
      'apim',
      'serviço de gerenciamento de api',
      'gateway',
      'gateway de api',
    ],
    definition:
      'Um serviço de Gerenciamento de API no Azure fica entre quem chama as suas APIs e os sistemas que respondem: recebe cada solicitação, confere, altera o que você mandar, encaminha e registra o que aconteceu.',
    facts: [
      'O gateway verifica chaves de assinatura, tokens e certificados antes que a chamada chegue ao back-end.',
      'Políticas em XML limitam a taxa, reescrevem cabeçalhos, guardam respostas em cache e escolhem o back-end sem mexer na aplicação.',
      'Produtos agrupam APIs, e assinaturas dão a cada equipe chaves próprias, que podem ser trocadas ou retiradas.',
      'As configurações de diagnóstico enviam uma linha de log por chamada para um workspace, onde o uso e as falhas podem ser consultados.',
      'O portal do desenvolvedor mostra as operações e permite experimentá-las.',
      'Diante do OpenAI do Azure, ele esconde a chave da conta atrás de uma identidade gerenciada e conta os tokens de cada chamador.',
    ],
    example:
      'Imagine uma loja com três serviços internos. Os parceiros veem um só endereço; o gateway confere a chave de cada um, deixa passar sessenta chamadas por minuto e manda pedidos para um serviço e notas para outro.',
    question: 'Qual regra da sua API ficaria melhor em uma política do que no código?',
    related: ['policy', 'subscription-key', 'managed-identity', 'azure-openai'],
  },
  {
    id: 'artificial-intelligence',
    title: 'Inteligência artificial',
    names: ['inteligência artificial', 'inteligencia artificial', 'ia'],
    definition:
      'Inteligência artificial é a área que constrói máquinas para tarefas que chamamos de inteligentes quando feitas por pessoas: enxergar, entender a língua, decidir, planejar e aprender com a experiência.',
    facts: [
      'Os primeiros sistemas seguiam regras escritas por especialistas; a maioria dos atuais aprende as regras a partir de dados.',
      'Um sistema que aprende ajusta muitos números até que suas respostas combinem com os exemplos mostrados.',
      'A qualidade depende dos dados: lacunas e preconceitos dos exemplos voltam nas respostas.',
      'Modelos de linguagem, reconhecimento de imagens, recomendações e detecção de fraudes são usos do dia a dia.',
      'Um sistema de IA não entende como uma pessoa, por isso resultados importantes precisam de alguém que confira.',
      'Costuma-se dividir a IA em estreita, geral e superinteligência, e só a primeira existe.',
    ],
    example:
      'Pense na sua caixa de e-mail: ninguém escreveu a lista de todas as mensagens indesejadas, mas o filtro viu milhares delas e aprendeu quais palavras e remetentes são suspeitos.',
    question: 'Que tarefa do seu dia seria fácil de mostrar com exemplos e difícil de descrever com regras?',
    related: ['ai-types', 'machine-learning', 'language-model'],
  },
  {
    id: 'ai-types',
    title: 'Tipos de IA',
    names: [
      'tipos de ia',
      'tipos de inteligência artificial',
      'ia estreita',
      'ia geral',
      'super ia',
      'superinteligência',
      'agi',
    ],
    definition:
      'Conforme o que consegue fazer, a IA costuma ser dividida em três tipos: IA estreita, IA geral e super IA.',
    facts: [
      'A IA estreita faz bem um tipo de tarefa, como traduzir ou jogar xadrez; tudo o que está em uso hoje é deste tipo.',
      'A IA geral aprenderia qualquer tarefa que uma pessoa aprende e levaria conhecimento de uma área a outra; ainda não existe.',
      'A super IA superaria as pessoas em todas as áreas e, por ora, é assunto de filosofia e de ficção.',
      'Também se pode dividir pelo método: regras, aprendizado de máquina clássico, aprendizado profundo e modelos generativos.',
      'Um chatbot que escreve sobre muitos assuntos continua sendo estreito: ele prevê texto e nada mais.',
    ],
    example:
      'Um aplicativo que acha o caminho mais rápido é IA estreita: nessa tarefa vence qualquer motorista, mas não sabe escrever um bom-dia.',
    question: 'Em que tipo você colocaria um programa que escreve poemas e resume contratos, e por quê?',
    related: ['artificial-intelligence', 'machine-learning', 'language-model'],
  },
  {
    id: 'machine-learning',
    title: 'Aprendizado de máquina',
    names: [
      'aprendizado de máquina',
      'machine learning',
      'aprendizado profundo',
      'deep learning',
      'rede neural',
      'redes neurais',
    ],
    definition:
      'Aprendizado de máquina é a parte da IA em que o programa encontra suas regras nos dados em vez de recebê-las prontas.',
    facts: [
      'O aprendizado supervisionado usa exemplos com respostas conhecidas, o não supervisionado procura grupos sozinho e o por reforço aprende com recompensas.',
      'O aprendizado profundo empilha camadas simples, e as últimas constroem sobre os padrões achados pelas primeiras.',
      'Os dados são separados em treino e teste, porque um modelo deve ser avaliado com o que ainda não viu.',
      'Sobreajuste é decorar os exemplos e errar nos casos novos.',
      'Treinar custa muito uma vez; usar o modelo, a inferência, custa pouco a cada vez.',
    ],
    example:
      'Para prever o preço de um apartamento, mostram-se milhares deles com área, rua e preço, e depois se pergunta por um cujo preço foi escondido.',
    question: 'Por que seria um erro testar o modelo com os mesmos dados do treino?',
    related: ['artificial-intelligence', 'language-model', 'embedding'],
  },
  {
    id: 'language-model',
    title: 'Modelos de linguagem',
    names: [
      'modelo de linguagem',
      'modelos de linguagem',
      'llm',
      'gpt',
      'chatgpt',
      'ia generativa',
      'alucinação',
      'chatbot',
    ],
    definition:
      'Um grande modelo de linguagem é uma rede neural que leu muito texto e, dadas algumas palavras, calcula qual deve vir em seguida; a resposta inteira é esse passo repetido muitas vezes.',
    facts: [
      'Ele lê e escreve tokens, que são pedaços de palavras.',
      'A janela de contexto limita quantos tokens de pergunta e resposta cabem de uma vez.',
      'Não há memória entre chamadas: a conversa funciona porque as mensagens anteriores são enviadas de novo.',
      'Ele pode afirmar coisas erradas com segurança, o que se chama alucinação; fontes no prompt diminuem isso.',
      'A temperatura decide com que liberdade ele escolhe entre palavras prováveis.',
      'A mensagem do sistema define o papel e os limites da conversa.',
    ],
    example:
      'Depois de “A capital da França é” quase todo o peso está em uma palavra; depois de “Minha comida favorita é” ele se espalha por centenas.',
    question: 'O que precisa estar no prompt para que o modelo não tenha de adivinhar?',
    related: ['token', 'prompt', 'embedding'],
  },
  {
    id: 'token',
    title: 'Tokens',
    names: ['token', 'tokens', 'tokenizador', 'janela de contexto', 'contagem de tokens'],
    definition:
      'Um token é a unidade em que o modelo lê, escreve e cobra: uma palavra curta, parte de uma palavra longa, um sinal ou um espaço com as letras seguintes.',
    facts: [
      'Em inglês um token tem cerca de quatro caracteres; o português gasta um pouco mais tokens para o mesmo texto.',
      'Tokens de prompt são os enviados, tokens de conclusão os recebidos, e o objeto usage informa os dois.',
      'O OpenAI do Azure limita cada implantação a um número de tokens por minuto.',
      'O mesmo texto pode ter outra contagem em outro modelo, porque cada família tem sua codificação.',
      'Uma conversa custa alguns tokens além do texto, pois papéis e fronteiras entre mensagens também são tokens.',
    ],
    example:
      'Uma pergunta de doze palavras pode custar dezenove tokens e a resposta quatrocentos: a resposta é quase todo o preço.',
    question: 'Onde você economizaria mais: em uma pergunta menor ou em um limite para a resposta?',
    related: ['rate-limit', 'language-model', 'azure-openai'],
  },
  {
    id: 'azure-openai',
    title: 'OpenAI do Azure',
    isName: true,
    names: ['openai do azure', 'azure openai', 'openai', 'serviço openai', 'implantação', 'implantações', 'playground'],
    definition:
      'O OpenAI do Azure oferece os modelos da OpenAI como serviço dentro de uma assinatura do Azure, com ponto de extremidade, chaves, identidades, regiões, cotas e logs próprios.',
    facts: [
      'Primeiro se cria a conta e depois as implantações, que dão a um modelo e versão o nome usado nas chamadas.',
      'A chamada vai ao ponto de extremidade da conta, com a implantação no caminho e a versão da interface na consulta.',
      'Quem chama se identifica com uma chave ou, melhor, com um token do Microsoft Entra e uma função na conta.',
      'Perguntas e respostas passam por um filtro de conteúdo com quatro categorias.',
      'A cota é dada em tokens por minuto e dividida entre as implantações da região.',
      'Os logs do próprio serviço dizem operação, duração e código, mas não a pergunta nem a resposta.',
    ],
    example:
      'Uma equipe implanta um modelo de chat com o nome text-turbo. A aplicação só conhece esse nome, e uma versão nova pode assumir o lugar sem outra entrega.',
    question: 'Por que uma empresa daria a cada aplicação uma implantação própria?',
    related: ['content-filter', 'rate-limit', 'managed-identity', 'diagnostic-setting'],
  },
  {
    id: 'embedding',
    title: 'Embeddings',
    names: ['embedding', 'embeddings', 'vetor', 'vetores', 'busca semântica', 'rag', 'similaridade'],
    definition:
      'Um embedding é uma lista de números que representa um texto, feita de modo que textos sobre coisas parecidas tenham listas parecidas.',
    facts: [
      'A semelhança de dois textos é o cosseno do ângulo entre seus vetores.',
      'A busca por embeddings acha trechos do mesmo assunto mesmo com poucas palavras em comum.',
      'A geração aumentada por recuperação procura esses trechos e os põe no prompt, para que a resposta se apoie neles.',
      'Documentos são cortados em trechos, porque um só vetor para um livro diz pouco.',
      'Vetores de modelos diferentes não podem ser comparados.',
    ],
    example:
      'A pergunta “Como recebo meu dinheiro de volta?” cai perto de um trecho chamado “Reembolsos”, sem palavra em comum.',
    question: 'O que daria errado se os trechos fossem cortados no meio de uma frase?',
    related: ['language-model', 'token', 'prompt'],
  },
  {
    id: 'kql',
    title: 'Linguagem KQL',
    names: ['kql', 'kusto', 'linguagem de consulta kusto', 'consulta kusto', 'consultas kusto', 'consulta de log'],
    definition:
      'KQL, a linguagem de consulta Kusto, é usada para ler os logs no Azure Monitor: uma tabela seguida de passos, cada um depois de uma barra vertical, que passam linhas adiante.',
    facts: [
      'where fica com as linhas que cumprem uma condição, e project escolhe as colunas.',
      'extend acrescenta colunas calculadas, e summarize agrupa linhas e calcula contagens, somas ou médias.',
      'take devolve algumas linhas, enquanto top e sort as ordenam antes.',
      'parse_json transforma texto em um valor cujos campos se leem com pontos e colchetes.',
      'Um filtro de tempo logo no início deixa a consulta rápida.',
      'Esquecer a barra entre dois passos é o erro mais comum de quem começa.',
    ],
    example:
      'A consulta “ApiManagementGatewayLogs | where ResponseCode >= 400 | summarize count() by ApiId” diz qual API falhou e quantas vezes.',
    question: 'Como você mudaria essa consulta para ver as falhas hora a hora?',
    related: ['log-analytics', 'azure-monitor', 'diagnostic-setting'],
  },
  {
    id: 'azure-monitor',
    title: 'Azure Monitor',
    isName: true,
    names: [
      'azure monitor',
      'monitoramento',
      'monitorar',
      'métrica',
      'métricas',
      'alerta',
      'alertas',
      'observabilidade',
    ],
    definition:
      'O Azure Monitor reúne o que os recursos do Azure dizem de si, como métricas e como logs, e permite ver gráficos, consultar e receber alertas.',
    facts: [
      'Métricas são números em intervalos regulares, baratos de guardar e rápidos de mostrar.',
      'Logs são linhas com muitas colunas, guardadas em um workspace do Log Analytics e lidas com KQL.',
      'Uma regra de alerta executa uma consulta ou observa uma métrica e avisa quando a condição vale.',
      'Sem uma configuração de diagnóstico, a maioria dos recursos guarda só algumas métricas e o log de atividade.',
      'Para modelos de linguagem interessam chamadas, tokens, latência, recusas por limite e erros por chamador.',
    ],
    example:
      'Quem opera olha um gráfico de tokens por aplicação; quando uma linha dobra de um dia para o outro, a consulta mostra um lote que repete chamadas.',
    question: 'Que número avisaria primeiro que os usuários da sua aplicação de IA estão descontentes?',
    related: ['log-analytics', 'kql', 'diagnostic-setting'],
  },
  {
    id: 'log-analytics',
    title: 'Workspace do Log Analytics',
    names: ['log analytics', 'workspace', 'logs', 'log', 'tabela de logs'],
    definition:
      'Um workspace do Log Analytics é o lugar do Azure Monitor onde linhas de log de muitos recursos ficam em tabelas e são consultadas juntas.',
    facts: [
      'AzureDiagnostics é dividida por muitos serviços; outras tabelas, como ApiManagementGatewayLogs, pertencem a um só.',
      'Cada linha tem TimeGenerated, que o intervalo de tempo da consulta observa.',
      'O custo depende da quantidade de dados recebida e do tempo de retenção.',
      'O acesso é dado por funções no workspace ou nos recursos de onde vêm as linhas.',
      'No Azure, linhas novas costumam levar alguns minutos para aparecer.',
    ],
    example:
      'Um só workspace guarda as linhas do gateway e da conta do modelo; uma junção pelo id de correlação mostra os dois lados da chamada.',
    question: 'Quando você usaria dois workspaces em vez de um?',
    related: ['kql', 'azure-monitor', 'diagnostic-setting'],
  },
  {
    id: 'diagnostic-setting',
    title: 'Configurações de diagnóstico',
    names: [
      'configuração de diagnóstico',
      'configurações de diagnóstico',
      'diagnóstico',
      'diagnósticos',
      'registro de logs',
    ],
    definition:
      'Uma configuração de diagnóstico diz quais categorias de logs e métricas um recurso envia e para onde: workspace, conta de armazenamento ou hub de eventos.',
    facts: [
      'Um recurso pode ter várias, por exemplo uma para a operação e outra para a auditoria.',
      'O grupo allLogs leva todas as categorias, também as que surgirem depois.',
      'No gateway isso não basta: o diagnóstico da API decide quanto dos corpos é registrado.',
      'O que aconteceu antes da configuração não aparece depois.',
      'Corpos registrados podem ter dados pessoais; acesso e retenção devem ser decididos antes.',
    ],
    example:
      'Com as categorias Audit e RequestResponse ligadas, cada chamada da conta deixa uma linha com operação, código e duração.',
    question: 'Quem da sua equipe deveria poder ler as perguntas registradas?',
    related: ['azure-monitor', 'log-analytics', 'api-management'],
  },
  {
    id: 'managed-identity',
    title: 'Identidades gerenciadas',
    names: [
      'identidade gerenciada',
      'identidades gerenciadas',
      'entra',
      'atribuição de função',
      'controle de acesso',
      'sistema atribuído',
    ],
    definition:
      'Uma identidade gerenciada é uma conta no Microsoft Entra que o Azure mantém para um recurso, que assim obtém tokens sem que ninguém guarde um segredo.',
    facts: [
      'A atribuída pelo sistema nasce e morre com o recurso; a atribuída pelo usuário pode servir a vários.',
      'Ela não pode nada até que receba uma função no recurso que vai chamar.',
      'Tokens valem por tempo limitado e para um só público, e por isso um token roubado serve menos que uma chave.',
      'No Gerenciamento de API uma política pede o token e o coloca no cabeçalho Authorization da chamada ao back-end.',
      'Quando falta a função, o back-end responde 401 e diz qual ação de dados seria necessária.',
    ],
    example:
      'Um gateway com a identidade ligada recebe a função Usuário dos Serviços Cognitivos na conta do modelo; daí em diante nenhuma política precisa da chave.',
    question: 'O que você teria de fazer no dia em que uma chave vazasse, e o que com uma identidade?',
    related: ['policy', 'azure-openai', 'api-management'],
  },
  {
    id: 'policy',
    title: 'Políticas',
    names: [
      'política',
      'políticas',
      'política de entrada',
      'set-header',
      'set-backend-service',
      'processamento de entrada',
    ],
    definition:
      'Uma política do Gerenciamento de API é uma lista de passos em XML executada a cada chamada, nas seções inbound, backend, outbound e on-error.',
    facts: [
      'Há políticas globais, de produto, de API e de operação, e o elemento base diz onde as de fora são executadas.',
      'Expressões em C# leem a solicitação, as variáveis e a identidade de quem chama.',
      'set-backend-service escolhe para onde vai a chamada, e set-header põe ou tira cabeçalhos.',
      'rate-limit e quota protegem o back-end; as variantes para modelos de linguagem contam tokens.',
      'Um erro em um passo leva à seção on-error, onde se pode montar uma resposta própria.',
    ],
    example:
      'Para um modelo bastam quatro passos de entrada: executar a base, tirar a chave do chamador, obter o token da identidade gerenciada e montar o cabeçalho Authorization.',
    question: 'Em que seção você esconderia um campo da resposta, e por que lá?',
    related: ['api-management', 'managed-identity', 'rate-limit'],
  },
  {
    id: 'rate-limit',
    title: 'Limites de taxa e cotas',
    names: [
      'limite de taxa',
      'limites de taxa',
      'cota',
      'cotas',
      'tpm',
      'tokens por minuto',
      '429',
      'balanceamento de carga',
    ],
    definition:
      'Limites de taxa dizem quanto se pode usar em pouco tempo, e cotas quanto em um período longo; quem passa deles recebe o código 429 e a indicação de quando tentar de novo.',
    facts: [
      'O OpenAI do Azure conta tokens por minuto e chamadas em janelas curtas para cada implantação.',
      'Na chegada conta-se uma estimativa com a maior resposta pedida; um max_tokens modesto deixa lugar para mais chamadas.',
      'O cliente deve esperar o que diz Retry-After, com um pouco de acaso para que nem todos voltem juntos.',
      'Várias contas em regiões diferentes atrás de um gateway dividem a carga e substituem umas às outras.',
      'Limites por assinatura impedem que uma equipe gaste o que é de todas.',
    ],
    example:
      'Uma implantação com trinta mil tokens por minuto aceita trinta chamadas que pedem mil tokens cada; a seguinte espera o próximo minuto.',
    question: 'Como você dividiria a cota entre um chat para clientes e um lote noturno?',
    related: ['token', 'policy', 'azure-openai'],
  },
  {
    id: 'content-filter',
    title: 'Filtros de conteúdo',
    names: ['filtro de conteúdo', 'filtros de conteúdo', 'ia responsável', 'segurança de conteúdo'],
    definition:
      'Um filtro de conteúdo observa perguntas e respostas, classifica-as nas categorias ódio, sexual, violência e automutilação e barra o que passa da gravidade escolhida.',
    facts: [
      'As gravidades são seguro, baixo, médio e alto; por padrão, de médio para cima é barrado.',
      'Uma pergunta barrada é recusada com o código 400 e content_filter.',
      'Uma resposta barrada tem o código 200, termina por content_filter e é cobrada mesmo assim.',
      'Outros detectores procuram tentativas de fazer o modelo desobedecer e textos protegidos.',
      'Filtros erram nos dois sentidos; a aplicação deve dizer em palavras simples o que houve.',
    ],
    example:
      'Um hospital, que fala de ferimentos o dia todo, pode precisar de outro limite para violência que uma escola.',
    question: 'O que a aplicação deve mostrar quando a resposta foi barrada no meio?',
    related: ['azure-openai', 'prompt', 'artificial-intelligence'],
  },
  {
    id: 'prompt',
    title: 'Prompts',
    names: ['prompt', 'prompts', 'engenharia de prompt', 'mensagem do sistema', 'instruções'],
    definition:
      'Prompt é todo o texto que o modelo recebe antes de escrever: mensagem do sistema com papel e regras, exemplos, material e a pergunta.',
    facts: [
      'Diga para quem é a resposta, em que forma deve vir e que tamanho pode ter.',
      'Alguns exemplos de pergunta e resposta valem mais do que uma descrição longa.',
      'O material deve vir com fronteiras claras, para não ser tomado por instrução.',
      'Pedir passos ajuda em problemas que precisam de vários.',
      'Trate o texto dos usuários como dado: ele pode trazer instruções próprias.',
    ],
    example:
      'Em vez de “Fale das devoluções”, escreva “Em três frases para um cliente, só com o texto abaixo: quanto demora uma devolução?”',
    question: 'Que palavras do seu último prompt poderiam sair sem mudar a resposta?',
    related: ['language-model', 'token', 'temperature'],
  },
  {
    id: 'temperature',
    title: 'Parâmetros de amostragem',
    names: ['temperatura', 'top_p', 'amostragem', 'seed', 'semente', 'max_tokens', 'streaming', 'parâmetros'],
    definition:
      'Parâmetros de amostragem dizem como o modelo escolhe entre palavras prováveis: a temperatura achata ou afia a escolha, top_p corta o improvável e uma semente a torna repetível.',
    facts: [
      'Temperatura perto de 0 serve para extrair e classificar; valores maiores, para ideias e ficção.',
      'Mude a temperatura ou top_p, raramente os dois.',
      'max_tokens corta a resposta, e o motivo do fim passa a ser length.',
      'Até quatro sequências de parada encerram a resposta onde apareceriam.',
      'Com streaming a resposta chega token a token, parece mais rápida e custa o mesmo.',
    ],
    example: 'Pedido duas vezes o nome de um produto com temperatura 0, vem o mesmo nome; com 1,2 vêm dois diferentes.',
    question: 'Que temperatura você escolheria para ler valores de notas fiscais?',
    related: ['language-model', 'prompt', 'token'],
  },
  {
    id: 'subscription-key',
    title: 'Produtos, assinaturas e chaves',
    names: [
      'chave de assinatura',
      'chaves de assinatura',
      'assinatura',
      'assinaturas',
      'produto',
      'produtos',
      'chave de api',
      'chaves',
    ],
    definition:
      'No Gerenciamento de API um produto reúne APIs para um público, e uma assinatura é a permissão de um chamador para usá-lo, com duas chaves.',
    facts: [
      'São duas chaves para que uma possa ser trocada enquanto a outra está em uso.',
      'A chave vem em um cabeçalho ou na consulta; o nome pode ser escolhido por API, por exemplo api-key.',
      'Sem chave, ou com chave errada, o gateway responde 401 antes de chamar o back-end.',
      'Uma assinatura pode valer para um produto, para uma API ou para todas.',
      'As linhas de log dizem a assinatura, e o uso aparece por equipe sem revelar chaves.',
    ],
    example:
      'A equipe de testes recebe a assinatura “AOAI Test” do produto OpenAi e usa a primeira chave no cabeçalho api-key.',
    question: 'Como você trocaria a chave de um aplicativo que não pode ser atualizado na hora?',
    related: ['api-management', 'policy', 'rate-limit'],
  },
];
