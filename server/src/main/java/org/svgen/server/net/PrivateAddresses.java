package org.svgen.server.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** Addresses that are not of the public internet, by IANA's registries of special ones. */
final class PrivateAddresses {
    /**
     * Ranges.
     *
     * @param begin the first bytes of its addresses
     * @param bits how many bits of them are fixed
     */
    private record Range(byte[] begin, int bits) {
        static Range of(int bits, int... begin) {
            byte[] bytes = new byte[begin.length];
            for (int i = 0; i < begin.length; i++) {
                bytes[i] = (byte) begin[i];
            }
            return new Range(bytes, bits);
        }

        boolean has(byte[] address) {
            for (int bit = 0; bit < bits; bit++) {
                int at = bit / Byte.SIZE;
                int mask = 0x80 >> bit % Byte.SIZE;
                int fixed = at < begin.length ? begin[at] : 0;
                if ((fixed & mask) != (address[at] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Range> IPV4 =
            List.of(
                    Range.of(8, 0), // this network
                    Range.of(8, 10),
                    Range.of(10, 100, 64), // of providers
                    Range.of(8, 127),
                    Range.of(16, 169, 254), // link-local; metadata of clouds
                    Range.of(12, 172, 16),
                    Range.of(24, 192, 0, 0),
                    Range.of(24, 192, 0, 2), // for documents
                    Range.of(16, 192, 168),
                    Range.of(15, 198, 18), // for measurements
                    Range.of(24, 198, 51, 100),
                    Range.of(24, 203, 0, 113),
                    Range.of(4, 224), // multicast
                    Range.of(4, 240)); // reserved, and the broadcast

    private static final List<Range> IPV6 =
            List.of(
                    Range.of(64, 0), // unspecified, loopback, IPv4 in old forms
                    Range.of(48, 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01), // translation, local
                    Range.of(64, 0x01), // discard
                    Range.of(23, 0x20, 0x01), // protocols; Teredo
                    Range.of(32, 0x20, 0x01, 0x0d, 0xb8), // for documents
                    Range.of(7, 0xfc), // unique local
                    Range.of(10, 0xfe, 0x80), // link-local
                    Range.of(10, 0xfe, 0xc0), // site-local
                    Range.of(8, 0xff)); // multicast

    /** IPv6 addresses that lead to an IPv4 address, and where in them that stands. */
    private static final Range NAT64 = Range.of(96, 0x00, 0x64, 0xff, 0x9b);

    private static final int NAT64_AT = 12;
    private static final Range SIX_TO_FOUR = Range.of(16, 0x20, 0x02);
    private static final int SIX_TO_FOUR_AT = 2;
    private static final int IPV4_BYTES = 4;

    private PrivateAddresses() {}

    static boolean has(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (!(address instanceof Inet6Address)) {
            return IPV4.stream().anyMatch(range -> range.has(bytes));
        }
        if (NAT64.has(bytes)) {
            return has(inside(bytes, NAT64_AT));
        }
        if (SIX_TO_FOUR.has(bytes)) {
            return has(inside(bytes, SIX_TO_FOUR_AT));
        }
        return IPV6.stream().anyMatch(range -> range.has(bytes));
    }

    private static InetAddress inside(byte[] bytes, int at) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + IPV4_BYTES));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
