// Handlers for the tests of processes: unmodified Lambda code.

export const handler = async (event, context) => ({ ...event, id: context.awsRequestId, left: context.getRemainingTimeInMillis() });

export const withCallback = (event, context, callback) => setTimeout(() => callback(null, event.n + 1), 5);

export const raise = async () => {
  throw new RangeError("too far");
};
