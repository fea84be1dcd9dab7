// A CDK app as it would be written for AWS: orders of a bucket, priced by a function, four at a time.
// `node app.mjs` synthesises it into $CDK_OUTDIR.
import { App, CfnOutput, CfnParameter, Duration, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as s3 from "aws-cdk-lib/aws-s3";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import * as tasks from "aws-cdk-lib/aws-stepfunctions-tasks";

class Orders extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const bucketName = new CfnParameter(this, "BucketName", { description: "Where the orders are" });
    const bucket = s3.Bucket.fromBucketName(this, "Bucket", bucketName.valueAsString);
    const addUp = lambda.Function.fromFunctionName(this, "AddUp", "add");

    const named = new sfn.Pass(this, "Name it", { parameters: { "key.$": "$.key", "currency.$": "$.currency" }, resultPath: "$.about" });
    const read = new tasks.CallAwsService(this, "Read", {
      service: "s3",
      action: "getObject",
      parameters: { Bucket: bucket.bucketName, Key: sfn.JsonPath.stringAt("$.about.key") },
      iamResources: [bucket.arnForObjects("*")],
      resultSelector: { "order.$": "States.StringToJson($.Body)" },
      resultPath: "$.read",
    });
    const sum = new tasks.LambdaInvoke(this, "Sum", {
      lambdaFunction: addUp,
      payload: sfn.TaskInput.fromObject({ numbers: sfn.JsonPath.listAt("$.read.order.amounts") }),
      resultSelector: { "sum.$": "$.Payload" },
      outputPath: "$.sum",
    });

    const each = new sfn.DistributedMap(this, "Each order", {
      label: "orders",
      maxConcurrency: 4,
      toleratedFailureCount: 1,
      mapExecutionType: sfn.StateMachineType.STANDARD,
      itemReader: new sfn.S3ObjectsItemReader({ bucket, prefix: "orders/" }),
      itemSelector: { "key.$": "$$.Map.Item.Value.Key", "index.$": "$$.Map.Item.Index", "currency.$": "$.currency" },
      resultWriterV2: new sfn.ResultWriterV2({
        bucket,
        prefix: "sums",
        writerConfig: { outputType: sfn.OutputType.JSON, transformation: sfn.Transformation.COMPACT },
      }),
    });
    each.itemProcessor(named.next(read).next(sum));

    const machine = new sfn.StateMachine(this, "Machine", {
      definitionBody: sfn.DefinitionBody.fromChainable(each.next(new sfn.Succeed(this, "Done"))),
      timeout: Duration.minutes(5),
      role: new iam.Role(this, "Role", { assumedBy: new iam.ServicePrincipal("states.amazonaws.com") }),
      tracingEnabled: true,
    });
    new CfnOutput(this, "MachineArn", { value: machine.stateMachineArn });
  }
}

// What `cdk init` writes into cdk.json.
const context = { "@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2": true };
const app = new App({ context, analyticsReporting: false });
new Orders(app, "Orders");
app.synth();
