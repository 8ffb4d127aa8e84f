import type { BindContext, Bound, Scope } from '../context.ts';
import { bindAsName } from './as.ts';
import { bindCount } from './count.ts';
import { bindDatatable } from './datatable.ts';
import { bindDistinct } from './distinct.ts';
import { bindEvaluate } from './evaluate.ts';
import { bindExtend } from './extend.ts';
import { bindExternalData } from './external-data.ts';
import { bindGetSchema } from './getschema.ts';
import { bindConsume, bindInvoke } from './invoke.ts';
import { bindJoin } from './join.ts';
import { bindLookup } from './lookup.ts';
import { bindMakeSeries } from './make-series.ts';
import { bindMvApply } from './mv-apply.ts';
import { bindMvExpand } from './mv-expand.ts';
import { bindParse } from './parse.ts';
import { bindParseKv } from './parse-kv.ts';
import { bindPartition } from './partition.ts';
import { bindPrint } from './print.ts';
import { bindProject } from './project.ts';
import { bindProjectColumns, bindProjectRename } from './project-columns.ts';
import { bindRange } from './range.ts';
import { bindRender } from './render.ts';
import { bindSampleDistinct, bindTopHitters } from './sample.ts';
import { bindScan } from './scan.ts';
import { bindFind, bindSearch } from './search.ts';
import { bindSort, bindTop } from './sort.ts';
import { bindSummarize } from './summarize.ts';
import { bindTake } from './take.ts';
import { bindTopNested } from './top-nested.ts';
import { bindUnion } from './union.ts';
import { bindWhere } from './where.ts';

/** `scope` has the input's columns. */
export type OperatorBinder = (context: BindContext, node: never, input: Bound, scope: Scope) => Bound;
export type SourceBinder = (context: BindContext, node: never, scope: Scope) => Bound;

/** By the analyser's syntax kind. What is missing here is refused by its name. */
export const OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  FilterOperator: bindWhere,
  ProjectOperator: bindProject,
  ProjectAwayOperator: bindProjectColumns,
  ProjectKeepOperator: bindProjectColumns,
  ProjectReorderOperator: bindProjectColumns,
  ProjectRenameOperator: bindProjectRename,
  ExtendOperator: bindExtend,
  SerializeOperator: bindExtend,
  SummarizeOperator: bindSummarize,
  DistinctOperator: bindDistinct,
  CountOperator: bindCount,
  TakeOperator: bindTake,
  TopOperator: bindTop,
  SortOperator: bindSort,
  JoinOperator: bindJoin,
  LookupOperator: bindLookup,
  UnionOperator: (context, node, input, scope) => bindUnion(context, node, scope, input),
  MvExpandOperator: bindMvExpand,
  ParseOperator: bindParse,
  ParseWhereOperator: bindParse,
  MvApplyOperator: bindMvApply,
  PartitionOperator: bindPartition,
  MakeSeriesOperator: bindMakeSeries,
  SampleOperator: bindTake,
  SampleDistinctOperator: bindSampleDistinct,
  TopHittersOperator: bindTopHitters,
  TopNestedOperator: bindTopNested,
  SearchOperator: (context, node, input, scope) => bindSearch(context, node, scope, input),
  FindOperator: (context, node, input, scope) => bindFind(context, node, scope, input),
  ParseKvOperator: bindParseKv,
  InvokeOperator: bindInvoke,
  ConsumeOperator: bindConsume,
  ScanOperator: bindScan,
  EvaluateOperator: bindEvaluate,
  RenderOperator: bindRender,
  AsOperator: bindAsName,
  GetSchemaOperator: bindGetSchema,
};

/** What works on each group alone inside mv-apply and partition. */
export const GROUPABLE: ReadonlySet<string> = new Set([
  'FilterOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectReorderOperator',
  'ProjectRenameOperator',
  'ExtendOperator',
  'SerializeOperator',
  'SummarizeOperator',
  'DistinctOperator',
  'CountOperator',
  'TakeOperator',
  'SampleOperator',
  'TopOperator',
  'SortOperator',
  'MvExpandOperator',
  'MvApplyOperator',
  'MakeSeriesOperator',
  'ParseOperator',
  'ParseWhereOperator',
  'ParseKvOperator',
]);

/** What begins a query without an input. */
export const SOURCES: Readonly<Record<string, SourceBinder>> = {
  DataTableExpression: bindDatatable,
  ExternalDataExpression: bindExternalData,
  PrintOperator: bindPrint,
  RangeOperator: bindRange,
  UnionOperator: (context, node, scope) => bindUnion(context, node, scope),
  SearchOperator: (context, node, scope) => bindSearch(context, node, scope),
  FindOperator: (context, node, scope) => bindFind(context, node, scope),
};
