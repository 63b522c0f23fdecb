# Delay for kernels without netem. Two uses:
#   plain DEVICE          switch off what a network card would finish later (checksums, segmentation), so that frames are whole
#   relay A B DELAY       carry frames between the devices A and B, each held back by DELAY milliseconds
# Only what Debian's perl-base has.
use strict;
use warnings;
use Socket;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use constant { AF_PACKET => 17, ETH_P_ALL => 0x0300, SIOCETHTOOL => 0x8946, SIOCGIFINDEX => 0x8933, PACKET_OUTGOING => 4 };

my $what = shift // '';
if ($what eq 'plain') { plain(@ARGV) } elsif ($what eq 'relay') { relay(@ARGV) } else { die "relay.pl: plain DEVICE | relay A B DELAY\n" }

sub plain {
  my ($device) = @_;
  socket(my $s, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
  # Receive and transmit checksums, scatter-gather, TSO, GSO, GRO: each switched to 0.
  for my $command (0x17, 0x19, 0x1f, 0x24, 0x2c) {
    my $value = pack('L2', $command, 0);
    my $request = pack('a16 P a16', $device, $value, '');
    ioctl($s, SIOCETHTOOL, $request);
  }
}

sub open_device {
  my ($device) = @_;
  socket(my $s, AF_PACKET, SOCK_RAW, ETH_P_ALL) or die "socket: $!\n";
  my $request = pack('a16 a24', $device, '');
  ioctl($s, SIOCGIFINDEX, $request) or die "$device: $!\n";
  my $index = unpack('x16 l', $request);
  bind($s, pack('S S l S C C a8', AF_PACKET, ETH_P_ALL, $index, 0, 0, 0, '')) or die "bind $device: $!\n";
  setsockopt($s, SOL_SOCKET, SO_RCVBUF, 8 << 20);
  return $s;
}

sub relay {
  my ($a, $b, $delay) = @_;
  my @ends = (open_device($a), open_device($b));
  my @queue;    # [time to send, to which end, frame]: one delay for all, so it stays in order
  $| = 1;
  print "ready\n";
  while (1) {
    my $wait = @queue ? $queue[0][0] - clock_gettime(CLOCK_MONOTONIC) : undef;
    $wait = 0 if defined $wait && $wait < 0;
    my $ready = '';
    vec($ready, fileno($_), 1) = 1 for @ends;
    my $count = select($ready, undef, undef, $wait);
    my $now = clock_gettime(CLOCK_MONOTONIC);
    if ($count > 0) {
      for my $end (0, 1) {
        next unless vec($ready, fileno($ends[$end]), 1);
        for (1 .. 64) {
          my $from = recv($ends[$end], my $frame, 65536, 0x40);    # MSG_DONTWAIT
          last unless defined $from;
          # What we sent ourselves is shown to us too.
          next if unpack('x10 C', $from) == PACKET_OUTGOING;
          push @queue, [$now + $delay / 1000, 1 - $end, $frame];
        }
      }
    }
    while (@queue && $queue[0][0] <= $now) {
      my $next = shift @queue;
      send($ends[$next->[1]], $next->[2], 0);
    }
  }
}
