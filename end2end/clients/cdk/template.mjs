// What CloudFormation makes of a template's values: Ref, Fn::Sub, Fn::Join, Fn::GetAtt and the pseudo parameters.

/** A function that resolves values of `template`; `created` has the identifiers and attributes of resources by logical id. */
export function resolver(template, { stack, account, region, parameters = {}, created = {} }) {
  const pseudo = {
    "AWS::AccountId": account,
    "AWS::Partition": "aws",
    "AWS::Region": region,
    "AWS::StackName": stack,
    "AWS::StackId": `arn:aws:cloudformation:${region}:${account}:stack/${stack}/1`,
    "AWS::URLSuffix": "amazonaws.com",
  };

  function ref(name) {
    if (name in pseudo) return pseudo[name];
    if (name in created) return created[name].Ref;
    const found = parameters[name] ?? template.Parameters?.[name]?.Default;
    if (found === undefined) throw new Error(`${name} has no value`);
    return found;
  }

  function attribute([name, ...path]) {
    const found = created[name]?.[path.join(".")];
    if (found === undefined) throw new Error(`${name} has no ${path.join(".")} yet`);
    return found;
  }

  function substitute(text, own = {}) {
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal, name) => {
      if (literal) return `\${${name}}`;
      if (name in own) return resolve(own[name]);
      return name.includes(".") ? attribute(name.split(".")) : ref(name);
    });
  }

  const functions = {
    Ref: ref,
    "Fn::GetAtt": (of) => attribute(typeof of === "string" ? of.split(".") : of),
    "Fn::Join": ([between, parts]) => resolve(parts).join(between),
    "Fn::Sub": (of) => (Array.isArray(of) ? substitute(...of) : substitute(of)),
  };

  function resolve(value) {
    if (Array.isArray(value)) return value.map(resolve);
    if (value === null || typeof value !== "object") return value;
    const [[name, argument] = [], ...more] = Object.entries(value);
    if (name in functions && more.length === 0) return functions[name](argument);
    if (name?.startsWith("Fn::")) throw new Error(`${name} is not resolved here`);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  }
  return resolve;
}
