//! What does not compile, and with which words.

/// Each case names the promise it shows; its `.stderr` is what a programmer reads.
#[test]
fn what_the_policy_does_not_allow_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
