// Deploys the state machine of a synthesised template as CloudFormation would, with the SDK for JavaScript; runs it and
// checks what came of it. Nothing in it would not run on AWS itself: the endpoint, the keys and the region come from AWS_*.
// usage: node deploy.mjs cdk.out/Orders.template.json
import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, S3Client, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  ExecutionDoesNotExist,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
  paginateListExecutions,
} from "@aws-sdk/client-sfn";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { resolver } from "./template.mjs";

const template = JSON.parse(await readFile(process.argv[2], "utf8"));
const account = process.env.CDK_DEFAULT_ACCOUNT;
const bucket = `cdk-${randomUUID().slice(0, 8)}`;
const s3 = new S3Client({});
const states = new SFNClient({});
const ORDERS = 12;

function only(type) {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  assert.equal(found.length, 1, `one ${type}`);
  return found[0];
}

await s3.send(new CreateBucketCommand({ Bucket: bucket }));
for (let at = 0; at < ORDERS; at++) {
  const Body = at === 5 ? "not an order" : JSON.stringify({ amounts: [at, 100] });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `orders/${String(at).padStart(3, "0")}.json`, Body }));
}

const [roleId] = only("AWS::IAM::Role");
const [machineId, { Properties: machine }] = only("AWS::StepFunctions::StateMachine");
const created = { [roleId]: { Ref: roleId, Arn: `arn:aws:iam::${account}:role/${roleId}` } };
const stack = { stack: "Orders", account, region: process.env.AWS_REGION, parameters: { BucketName: bucket }, created };
const resolve = resolver(template, stack);
const wanted = resolve(machine);
const definition = wanted.DefinitionString.replaceAll(/\$\{(\w+)\}/g, (whole, name) => wanted.DefinitionSubstitutions?.[name] ?? whole);
const { stateMachineArn } = await states.send(
  new CreateStateMachineCommand({
    name: wanted.StateMachineName ?? `${machineId}-${randomUUID().slice(0, 12)}`,
    definition,
    roleArn: wanted.RoleArn,
    type: wanted.StateMachineType,
    tracingConfiguration: wanted.TracingConfiguration && { enabled: wanted.TracingConfiguration.Enabled },
    tags: wanted.Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
  }),
);
created[machineId] = { Ref: stateMachineArn, Arn: stateMachineArn };
assert.equal(resolve(template.Outputs.MachineArn.Value), stateMachineArn);
const described = await states.send(new DescribeStateMachineCommand({ stateMachineArn }));
assert.equal(described.definition, definition);
assert.equal(described.tracingConfiguration.enabled, true);
assert.ok(described.creationDate instanceof Date);

const input = JSON.stringify({ currency: "EUR" });
const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, input }));
let execution;
do {
  await setTimeout(200);
  execution = await states.send(new DescribeExecutionCommand({ executionArn }));
} while (execution.status === "RUNNING");
assert.equal(execution.status, "SUCCEEDED", JSON.stringify(execution));

const { mapRuns } = await states.send(new ListMapRunsCommand({ executionArn }));
const { mapRunArn } = mapRuns[0];
const mapRun = await states.send(new DescribeMapRunCommand({ mapRunArn }));
const { total, succeeded, failed } = mapRun.itemCounts;
assert.deepEqual({ total, succeeded, failed }, { total: ORDERS, succeeded: ORDERS - 1, failed: 1 });
assert.deepEqual([mapRun.status, mapRun.maxConcurrency, mapRun.toleratedFailureCount], ["SUCCEEDED", 4, 1]);

const children = [];
for await (const page of paginateListExecutions({ client: states, pageSize: 5 }, { mapRunArn })) children.push(...page.executions);
assert.equal(children.length, ORDERS);
const missing = new DescribeExecutionCommand({ executionArn: `${executionArn}x` });
await assert.rejects(states.send(missing), ExecutionDoesNotExist);

const { ResultWriterDetails } = JSON.parse(execution.output);
const read = async (Key) => JSON.parse(await (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body.transformToString());
const manifest = await read(ResultWriterDetails.Key);
const sums = (await Promise.all(manifest.ResultFiles.SUCCEEDED.map(({ Key }) => read(Key)))).flat();
const expected = Array.from({ length: ORDERS }, (_, at) => at + 100).filter((sum) => sum !== 105);
assert.deepEqual(sums.sort((a, b) => a - b), expected);
console.log(`${succeeded} of ${total} orders priced, one failure tolerated`);

await states.send(new DeleteStateMachineCommand({ stateMachineArn }));
for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
  await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }));
}
await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
// A bucket that was deleted may be made again.
await s3.send(new CreateBucketCommand({ Bucket: bucket }));
await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
