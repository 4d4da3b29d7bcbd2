;; A-02 expects GUEST_FUEL
(module
  (func $begin (loop (br 0)))
  (start $begin))
