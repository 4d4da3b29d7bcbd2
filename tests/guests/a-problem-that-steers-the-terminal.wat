;; A-41 expects \u{1b}[2J
;; The code, the message and the help of its problem clear the screen, ring the bell and turn the writing around.
(module
  ;; an error; one problem, at 64
  (data (i32.const 0) "\01\00\00\00\40\00\00\00\01\00\00\00")
  ;; an error; code at 160, message at 176
  (data (i32.const 64) "\00\00\00\00\a0\00\00\00\04\00\00\00\b0\00\00\00\0f\00\00\00")
  (data (i32.const 160) "\1b[2J")
  (data (i32.const 176) "a\07b\0d\0ac\e2\80\aed\c2\9be\7f")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
