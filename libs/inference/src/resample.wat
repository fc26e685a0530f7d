;; The two passes of resize-bilinear.ts on 128-bit vectors. Built into resample-wasm.ts by `npx vitest run libs/inference -u`.
;;
;; Taps lie in memory as one record of $tapsBytes for each output pixel: i32 first input pixel, i32 number of pairs, then for each pair of
;; taps the upper parts of its two coefficients (2 x i16) and the lower 11 bits (2 x i16), so that products of bytes with both parts fit
;; the instruction that multiplies 16-bit numbers and adds pairs. sum = (upper << 11) + lower, rounded and clipped to a byte at the end.
;; Both functions read up to 8 bytes, the second also one row, beyond their input, and write up to 8 bytes beyond their output.
(module
  (memory (export "memory") 1)

  ;; Along rows, for 1 to 4 channels. $lanes: where a vector with a pair of pixels per channel finds its bytes in 2 x $channels bytes.
  (func (export "resampleRows")
    (param $input i32) (param $output i32) (param $rows i32) (param $rowBytes i32) (param $columns i32)
    (param $channels i32) (param $taps i32) (param $tapsBytes i32) (param $lanes i32)
    (local $record i32) (local $column i32) (local $tap i32) (local $tapsEnd i32) (local $pixel i32)
    (local $order v128) (local $pair v128) (local $upper v128) (local $lower v128)
    (local.set $order (v128.load (local.get $lanes)))
    (loop $nextRow
      (local.set $record (local.get $taps))
      (local.set $column (local.get $columns))
      (loop $nextColumn
        (local.set $pixel (i32.add (local.get $input) (i32.mul (i32.load (local.get $record)) (local.get $channels))))
        (local.set $tap (i32.add (local.get $record) (i32.const 8)))
        (local.set $tapsEnd (i32.add (local.get $tap) (i32.shl (i32.load offset=4 (local.get $record)) (i32.const 3))))
        (local.set $upper (v128.const i32x4 0 0 0 0))
        (local.set $lower (v128.const i32x4 0x200000 0x200000 0x200000 0x200000)) ;; a half
        (loop $nextPair
          (local.set $pair (i8x16.swizzle (v128.load64_zero (local.get $pixel)) (local.get $order)))
          (local.set $upper (i32x4.add (local.get $upper) (i32x4.dot_i16x8_s (local.get $pair) (v128.load32_splat (local.get $tap)))))
          (local.set $lower (i32x4.add (local.get $lower) (i32x4.dot_i16x8_s (local.get $pair) (v128.load32_splat offset=4 (local.get $tap)))))
          (local.set $pixel (i32.add (local.get $pixel) (i32.shl (local.get $channels) (i32.const 1))))
          (br_if $nextPair (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 8))) (local.get $tapsEnd))))
        (local.set $lower (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $upper) (i32.const 11)) (local.get $lower)) (i32.const 22)))
        (local.set $lower (i16x8.narrow_i32x4_s (local.get $lower) (local.get $lower)))
        (v128.store32_lane 0 (local.get $output) (i8x16.narrow_i16x8_u (local.get $lower) (local.get $lower)))
        (local.set $output (i32.add (local.get $output) (local.get $channels)))
        (local.set $record (i32.add (local.get $record) (local.get $tapsBytes)))
        (br_if $nextColumn (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
      (local.set $input (i32.add (local.get $input) (local.get $rowBytes)))
      (br_if $nextRow (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Along columns, eight bytes of a row at a time, whatever the channels.
  (func (export "resampleColumns")
    (param $input i32) (param $output i32) (param $rows i32) (param $rowBytes i32) (param $taps i32) (param $tapsBytes i32)
    (local $byte i32) (local $tap i32) (local $tapsEnd i32) (local $pixel i32) (local $first i32)
    (local $pairs v128) (local $half v128) (local $upperOfTwo v128) (local $lowerOfTwo v128)
    (local $upper0 v128) (local $upper1 v128) (local $lower0 v128) (local $lower1 v128)
    (loop $nextRow
      (local.set $first (i32.add (local.get $input) (i32.mul (i32.load (local.get $taps)) (local.get $rowBytes))))
      (local.set $tapsEnd (i32.add (local.get $taps) (i32.add (i32.const 8) (i32.shl (i32.load offset=4 (local.get $taps)) (i32.const 3)))))
      (local.set $byte (i32.const 0))
      (loop $nextBytes
        (local.set $pixel (i32.add (local.get $first) (local.get $byte)))
        (local.set $tap (i32.add (local.get $taps) (i32.const 8)))
        (local.set $upper0 (v128.const i32x4 0 0 0 0))
        (local.set $upper1 (v128.const i32x4 0 0 0 0))
        (local.set $lower0 (v128.const i32x4 0x200000 0x200000 0x200000 0x200000)) ;; a half
        (local.set $lower1 (local.get $lower0))
        (loop $nextPair
          (local.set $pairs
            (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23
              (v128.load64_zero (local.get $pixel))
              (v128.load64_zero (i32.add (local.get $pixel) (local.get $rowBytes)))))
          (local.set $upperOfTwo (v128.load32_splat (local.get $tap)))
          (local.set $lowerOfTwo (v128.load32_splat offset=4 (local.get $tap)))
          (local.set $half (i16x8.extend_low_i8x16_u (local.get $pairs)))
          (local.set $upper0 (i32x4.add (local.get $upper0) (i32x4.dot_i16x8_s (local.get $half) (local.get $upperOfTwo))))
          (local.set $lower0 (i32x4.add (local.get $lower0) (i32x4.dot_i16x8_s (local.get $half) (local.get $lowerOfTwo))))
          (local.set $half (i16x8.extend_high_i8x16_u (local.get $pairs)))
          (local.set $upper1 (i32x4.add (local.get $upper1) (i32x4.dot_i16x8_s (local.get $half) (local.get $upperOfTwo))))
          (local.set $lower1 (i32x4.add (local.get $lower1) (i32x4.dot_i16x8_s (local.get $half) (local.get $lowerOfTwo))))
          (local.set $pixel (i32.add (local.get $pixel) (i32.shl (local.get $rowBytes) (i32.const 1))))
          (br_if $nextPair (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 8))) (local.get $tapsEnd))))
        (local.set $half
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $upper0) (i32.const 11)) (local.get $lower0)) (i32.const 22))
            (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $upper1) (i32.const 11)) (local.get $lower1)) (i32.const 22))))
        (v128.store64_lane 0 (i32.add (local.get $output) (local.get $byte)) (i8x16.narrow_i16x8_u (local.get $half) (local.get $half)))
        (br_if $nextBytes (i32.lt_u (local.tee $byte (i32.add (local.get $byte) (i32.const 8))) (local.get $rowBytes))))
      (local.set $output (i32.add (local.get $output) (local.get $rowBytes)))
      (local.set $taps (i32.add (local.get $taps) (local.get $tapsBytes)))
      (br_if $nextRow (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
