# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the record of Mesa's programs: which lines are one, in which syntax."""

import unittest

from lib.mesa import record

OUTPUT = """\
block0 {
        r0 = MOV.i32 u0
        ST_CVT.flow15.auto.v4 r4:r5:r6:r7, r2^, r3^, r0^
}

   MOV.i32 r0, 0x7060504
   LEA_PKA.slot0 @r4:r5, r12^, u4
   LD_PKA.i32.unsigned.slot1.wait01 @r1, r1^, 0x1000000
   STORE.i32.slot2 @r1, r4^.h0, offset:0

   NOP.end\x20

pass int32-add
   IADD.u32 r0, r0, r0
   something else
   NOP.end
"""


class Programs(unittest.TestCase):
    """What a guest's output has."""

    def test_programs(self):
        """Instructions up to the end; other lines between them are of no program."""
        self.assertEqual(record.programs(OUTPUT), [[
            "MOV.i32 r0, 0x7060504",
            "LEA_BUFFER.slot0 @r4:r5, ^r12, u4",
            "LD_BUFFER.i32.unsigned.slot1.wait01 @r1, ^r1, 0x1000000",
            "STORE.i32.slot2 @r1, ^r4.h0, offset:0",
            "NOP.end",
        ], ["NOP.end"]])

    def test_once(self):
        """A program that several checks make is kept once."""
        recorder = record.Recorder("trixie")
        recorder.add(OUTPUT)
        recorder.add(OUTPUT)
        self.assertEqual(len(recorder.found), 2)


if __name__ == "__main__":
    unittest.main()
