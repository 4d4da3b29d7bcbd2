//! Compile bombs: components of some kilobytes to megabytes that would take seconds to minutes, and gigabytes, to compile.
//!
//! Most are refused because their structure is counted first. What no count finds is stopped while it is compiled.

use crate::attempt;
use crate::row::Row;
use crate::support::sections::{COMPONENT, MODULE, list, number, section};

const EXPECTED: &str = "GUEST_COMPILE_LIMIT";
/// Sections of a module.
const TYPES: u8 = 1;
const FUNCTIONS: u8 = 3;
const GLOBALS: u8 = 6;
const CODE: u8 = 10;
/// Sections of a component.
const CORE_MODULE: u8 = 1;
const NESTED: u8 = 4;
const INSTANCE: u8 = 5;
const EXPORT: u8 = 11;

const I32: u8 = 0x7f;
const END: u8 = 0x0b;
/// `i32.const 1`, `drop`.
const STATEMENT: &[u8] = &[0x41, 1, 0x1a];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("a-hundred-thousand-functions", || in_component(&functions(100_000))),
        row("fifty-thousand-and-one-functions-in-two-modules", || {
            [COMPONENT.to_vec(), core_module(&functions(50_000)), core_module(&functions(1))].concat()
        }),
        row("a-function-of-seven-mebibytes", || in_component(&function(&STATEMENT.repeat(2_500_000)))),
        row("a-function-just-beyond-its-limit", || {
            in_component(&function(&STATEMENT.repeat((512 << 10) / 3 + 1)))
        }),
        // Every count is within its limit, and each function takes more than ten seconds.
        row("thirty-functions-of-values-that-all-live-long", || {
            as_guest(in_component(&many_living_values(30)))
        }),
        row("a-branch-with-a-million-targets", || in_component(&function(&branch(1_000_000)))),
        row("two-hundred-thousand-blocks-in-each-other", || {
            let blocks = [[0x02, 0x40].repeat(200_000), vec![END; 200_000]].concat();
            in_component(&function(&blocks))
        }),
        row("twenty-thousand-components-side-by-side", || {
            [COMPONENT.to_vec(), section(NESTED, COMPONENT).repeat(20_000)].concat()
        }),
        row("a-hundred-and-one-components-side-by-side", || {
            [COMPONENT.to_vec(), section(NESTED, COMPONENT).repeat(101)].concat()
        }),
        row("fifty-one-components-in-each-other", || nested(51)),
        row("two-thousand-components-in-each-other", || nested(2_000)),
        row("sixty-five-modules", || [COMPONENT.to_vec(), core_module(MODULE).repeat(65)].concat()),
        row("a-thousand-modules-full-of-imports", || {
            [COMPONENT.to_vec(), core_module(&importing(1_000)).repeat(1_000)].concat()
        }),
        // An instance holds them, and no limiter is asked for it.
        row("a-hundred-and-fifty-thousand-globals", || in_component(&list_of_globals(150_000))),
        row("seventeen-mebibytes-of-code", || in_component(&many_large_functions(17 << 20))),
    ]
}

fn row(name: &str, bytes: fn() -> Vec<u8>) -> Row {
    Row::new("A-30", name, EXPECTED, move |host| host.bring(bytes(), &attempt::budget()))
}

/// With the export that tells a guest: what has none is refused before it is compiled.
fn as_guest(component: Vec<u8>) -> Vec<u8> {
    let name = b"cmp-host:expander/expander@0.1.0";
    let instance = section(INSTANCE, &[1, 1, 0]);
    let export = [&[1, 0], number(name.len()).as_slice(), name, &[5, 0, 0]].concat();
    [component, instance, section(EXPORT, &export)].concat()
}

fn in_component(module: &[u8]) -> Vec<u8> {
    [COMPONENT, &core_module(module)].concat()
}

fn core_module(module: &[u8]) -> Vec<u8> {
    section(CORE_MODULE, module)
}

/// `n` functions that do nothing.
fn functions(n: usize) -> Vec<u8> {
    module(n, &[0, END])
}

/// One function of these instructions.
fn function(instructions: &[u8]) -> Vec<u8> {
    module(1, &[&[0], instructions, &[END]].concat())
}

fn many_large_functions(size: usize) -> Vec<u8> {
    let body = [&[0], STATEMENT.repeat(100_000).as_slice(), &[END]].concat();
    module(size / body.len() + 1, &body)
}

/// `n` functions with the same body, without parameters or results.
fn module(n: usize, body: &[u8]) -> Vec<u8> {
    module_of(&[0x60, 0, 0], n, body)
}

fn module_of(kind: &[u8], n: usize, body: &[u8]) -> Vec<u8> {
    let sized = [number(body.len()).as_slice(), body].concat();
    [MODULE, &list(TYPES, 1, kind), &list(FUNCTIONS, n, &[0]), &list(CODE, n, &sized)].concat()
}

/// `n` functions of 40,000 statements on 2,000 locals, of which none is ever done with.
fn many_living_values(n: usize) -> Vec<u8> {
    const LOCALS: usize = 2_000;
    let local = |it: usize| number(it % LOCALS);
    // c = a * b
    let statement = |it: usize| {
        let [a, b, c] = [local(it * 7), local(it * 11 + 3), local(it * 13 + 1)];
        [&[0x20], a.as_slice(), &[0x20], &b, &[0x6c, 0x21], &c].concat()
    };
    let statements: Vec<u8> = (0..40_000).flat_map(statement).collect();
    // The first is a parameter and the others follow from it: of constants, the compiler would leave nothing.
    let locals = [&[1], number(LOCALS - 1).as_slice(), &[I32]].concat();
    let first = |it: usize| [&[0x20], local(it - 1).as_slice(), &[0x20, 0, 0x6a, 0x21], &local(it)].concat();
    let firsts: Vec<u8> = (1..LOCALS).flat_map(first).collect();
    // All of them are the result: what nobody needs, the compiler would leave out.
    let result: Vec<u8> =
        (1..LOCALS).flat_map(|it| [&[0x20], local(it).as_slice(), &[0x73]].concat()).collect();
    let body = [locals.as_slice(), &firsts, &statements, &[0x20, 0], &result, &[END]].concat();
    module_of(&[0x60, 1, I32, 1, I32], n, &body)
}

/// `br_table` in a block.
fn branch(targets: usize) -> Vec<u8> {
    [&[0x02, 0x40, 0x41, 0, 0x0e], number(targets).as_slice(), &vec![0; targets + 1], &[END]].concat()
}

fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(COMPONENT.to_vec(), |inner, _| [COMPONENT, &section(NESTED, &inner)].concat())
}

/// A module with `n` globals.
fn list_of_globals(n: usize) -> Vec<u8> {
    [MODULE, &list(GLOBALS, n, &[I32, 0, 0x41, 0, END])].concat()
}

/// A module that imports `n` functions.
fn importing(n: usize) -> Vec<u8> {
    [MODULE, &list(TYPES, 1, &[0x60, 0, 0]), &list(2, n, &[1, b'a', 1, b'b', 0, 0])].concat()
}
