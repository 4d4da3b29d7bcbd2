;; A-39 expects SG006
(module
  ;; ok; one input, at 32
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\01\00\00\00")
  (data (i32.const 32) "\40\00\00\00\0f\00\00\00")
  (data (i32.const 64) "../outside.toml")
  (func (export "inputs") (param i32 i32) (result i32) (i32.const 0)))
