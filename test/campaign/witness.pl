#!/usr/bin/perl
# What truly runs on this host, looked at every 50 ms and asked of the kernel alone: each process of a slot (HC_SLOT in its
# environment, a busybox httpd) and whether it listens. Lines go into a file that has its size from the beginning, so that a
# full disk or a power cut takes none of them:
#   123.45 web.0:311:1 db.0:290:0   uptime in seconds (one clock for all hosts of the lab), then SLOT:PID:LISTENS
#   123.50                          as in the line before
# The word @TERM:MARK stands for whom the host obeys: the highest term that it took, and what that one's latest write and its
# latest renewal of a lease left (order, end of the lease).
use strict;
use warnings;
use Time::HiRes 'sleep';

my ($file) = @ARGV;
my %known;    # pid:start -> slot or ''
my $before = '?';

sub text { my ($path) = @_; open my $in, '<', $path or return ''; local $/; my $all = <$in>; return $all // '' }

open my $out, '+<', $file or die "$file: $!";
my $at = 0;
{ local $/; my $all = <$out>; $at = index $all, "\0"; exit 1 if $at < 0 }
seek $out, $at, 0;
select((select($out), $| = 1)[0]);

sub listens {
  my ($pid) = @_;
  my %listening;
  for my $family ('tcp', 'tcp6') {
    for (split /\n/, text("/proc/$pid/net/$family")) { my @f = split; $listening{ $f[9] } = 1 if ($f[3] // '') eq '0A' }
  }
  for my $fd (glob "/proc/$pid/fd/*") { my $to = readlink $fd; return 1 if $to && $to =~ /^socket:\[(\d+)\]/ && $listening{$1} }
  return 0;
}

# A boot takes away what lies in /run.
sub obeyed {
  my @terms = sort { $b <=> $a } map { /^(\d+)/ ? $1 : 0 } text('/run/hc/term'), text('/var/lib/hc/term');
  return '' if !$terms[0];
  my ($order) = text('/var/lib/hc/orders') =~ /^(\d+ \d+)/;
  my ($lease) = text('/run/hc/lease') =~ /^\S+ (\d+)/;
  return "\@$terms[0]:" . ($order // '-') =~ tr/ /./r . ':' . ($lease // '-');
}

my %listening;
while (1) {
  my ($now) = split ' ', text('/proc/uptime');
  opendir my $proc, '/proc';
  my (%copy, %alive, %parent);
  for my $pid (grep { /^\d+$/ } readdir $proc) {
    my $stat = text("/proc/$pid/stat");
    my ($state, $ppid, $start) = $stat =~ /\) (\S) (\d+) (?:\S+ ){17}(\d+)/ or next;
    next if $state eq 'Z' or $state eq 'X';
    my $key = "$pid:$start";
    $alive{$key} = 1;
    if (!defined $known{$key} or $known{$key} eq '') {
      # A process becomes another program once or twice at its beginning; one that was looked at for long stays what it is.
      my $command = text("/proc/$pid/cmdline");
      my $own = $command =~ /^\S*?(?:busybox\0httpd|httpd)\0/ ? text("/proc/$pid/environ") : '';
      $known{$key} = $own =~ /(?:^|\0)HC_SLOT=([^\0]+)/ ? $1 : '';
    }
    next if $known{$key} eq '';
    $copy{$pid} = $key;
    $parent{$pid} = $ppid;
  }
  closedir $proc;
  delete @known{ grep { !$alive{$_} } keys %known };
  delete @listening{ grep { !$alive{$_} } keys %listening };
  my @words = grep { $_ ne '' } obeyed();
  for my $pid (sort { $a <=> $b } keys %copy) {
    next if $copy{ $parent{$pid} };    # what serves one request is no copy
    my $key = $copy{$pid};
    $listening{$key} ||= listens($pid);
    push @words, "$known{$key}:$pid:" . ($listening{$key} ? 1 : 0);
  }
  my $line = join ' ', @words;
  print $out $line eq $before ? "$now\n" : "$now =$line\n";
  $before = $line;
  sleep 0.05;
}
