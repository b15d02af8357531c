//! The program itself.

use std::process::Command;

#[test]
fn a_bad_setting_stops_the_program_with_one_line_and_code_2() {
    let program = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_api-server"));
        program.env_clear().current_dir(env!("CARGO_TARGET_TMPDIR"));
        program
    };
    let cases: [(&[(&str, &str)], &str); 2] = [
        (&[], "api-server: TENANT_ID: not set; it wants "),
        (
            &[("TENANT_ID", "contoso")],
            "api-server: TENANT_ID: got \"contoso\", it wants ",
        ),
    ];
    for (variables, beginning) in cases {
        let output = program().envs(variables.iter().copied()).output().unwrap();
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            line.starts_with(beginning) && line.trim_end().lines().count() == 1,
            "{line}"
        );
    }
}
