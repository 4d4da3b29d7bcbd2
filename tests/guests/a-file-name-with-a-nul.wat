;; A-39 expects SG005
(module
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\01\00\00\00")
  (data (i32.const 32) "\40\00\00\00\03\00\00\00")
  (data (i32.const 64) "a\00b")
  (func (export "inputs") (param i32 i32) (result i32) (i32.const 0)))
