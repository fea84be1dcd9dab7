//! The event types of GetExecutionHistory.

macro_rules! kinds {
    ($($code:literal $name:ident $details:literal,)*) => {
        /// An event's type. The discriminants are the codes of the compact form: never renumber.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Kind {
            $(
                #[doc = stringify!($name)]
                $name = $code,
            )*
        }

        impl Kind {
            /// Every type.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];

            /// AWS's name.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$name => stringify!($name),)* }
            }

            /// The member that holds the details, without its ending `EventDetails`; empty for none.
            fn details_stem(self) -> &'static str {
                match self { $(Kind::$name => $details,)* }
            }

            pub(super) fn from_code(code: u8) -> Option<Kind> {
                match code { $($code => Some(Kind::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    1 ExecutionStarted "executionStarted",
    2 ExecutionSucceeded "executionSucceeded",
    3 ExecutionFailed "executionFailed",
    4 ExecutionTimedOut "executionTimedOut",
    5 ExecutionAborted "executionAborted",
    6 ExecutionRedriven "executionRedriven",
    7 PassStateEntered "stateEntered",
    8 PassStateExited "stateExited",
    9 TaskStateEntered "stateEntered",
    10 TaskStateExited "stateExited",
    11 TaskStateAborted "",
    12 ChoiceStateEntered "stateEntered",
    13 ChoiceStateExited "stateExited",
    14 WaitStateEntered "stateEntered",
    15 WaitStateExited "stateExited",
    16 WaitStateAborted "",
    17 SucceedStateEntered "stateEntered",
    18 SucceedStateExited "stateExited",
    19 FailStateEntered "stateEntered",
    20 ParallelStateEntered "stateEntered",
    21 ParallelStateExited "stateExited",
    22 ParallelStateStarted "",
    23 ParallelStateSucceeded "",
    24 ParallelStateFailed "",
    25 ParallelStateAborted "",
    26 MapStateEntered "stateEntered",
    27 MapStateExited "stateExited",
    28 MapStateStarted "mapStateStarted",
    29 MapStateSucceeded "",
    30 MapStateFailed "",
    31 MapStateAborted "",
    32 MapIterationStarted "mapIterationStarted",
    33 MapIterationSucceeded "mapIterationSucceeded",
    34 MapIterationFailed "mapIterationFailed",
    35 MapIterationAborted "mapIterationAborted",
    36 MapRunStarted "mapRunStarted",
    37 MapRunSucceeded "",
    38 MapRunFailed "mapRunFailed",
    39 MapRunAborted "",
    40 MapRunRedriven "mapRunRedriven",
    41 TaskScheduled "taskScheduled",
    42 TaskStarted "taskStarted",
    43 TaskStartFailed "taskStartFailed",
    44 TaskSubmitted "taskSubmitted",
    45 TaskSubmitFailed "taskSubmitFailed",
    46 TaskSucceeded "taskSucceeded",
    47 TaskFailed "taskFailed",
    48 TaskTimedOut "taskTimedOut",
    49 LambdaFunctionScheduled "lambdaFunctionScheduled",
    50 LambdaFunctionScheduleFailed "lambdaFunctionScheduleFailed",
    51 LambdaFunctionStarted "",
    52 LambdaFunctionStartFailed "lambdaFunctionStartFailed",
    53 LambdaFunctionSucceeded "lambdaFunctionSucceeded",
    54 LambdaFunctionFailed "lambdaFunctionFailed",
    55 LambdaFunctionTimedOut "lambdaFunctionTimedOut",
    56 ActivityScheduled "activityScheduled",
    57 ActivityScheduleFailed "activityScheduleFailed",
    58 ActivityStarted "activityStarted",
    59 ActivitySucceeded "activitySucceeded",
    60 ActivityFailed "activityFailed",
    61 ActivityTimedOut "activityTimedOut",
    62 EvaluationFailed "evaluationFailed",
}

impl Kind {
    /// The member that holds the details: `stateEnteredEventDetails`; `None` for types without.
    pub fn details_key(self) -> Option<String> {
        match self.details_stem() {
            "" => None,
            stem => Some(format!("{stem}EventDetails")),
        }
    }
}
