# The cost of some work: CPU time of httpd and PostgreSQL, and the memory of httpd, from the process table.
#
#   my $seconds = cpu_of(sub { $t->request(POST => '/Groups', $body) });
package ScimCost;
use strict;
use warnings;
use Exporter 'import';
use POSIX qw(sysconf _SC_CLK_TCK);

our @EXPORT = qw(cpu_of peak_of colliding);

my $work = $ENV{SCIM_TEST_WORK};

sub root_of {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    my ($pid) = <$file> =~ /(\d+)/;
    return $pid;
}

# The CPU seconds of a server and its processes, including those that have ended.
sub used {
    my ($root) = @_;
    my $ticks = 0;
    for my $path (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $path or next;
        my ($pid, $rest) = (<$file> // '') =~ /^(\d+) \(.*\) (.*)$/ or next;
        my (undef, $parent, @field) = split ' ', $rest;
        my ($utime, $stime, $cutime, $cstime) = @field[9 .. 12];
        $ticks += $utime + $stime   if $pid == $root || $parent == $root;
        $ticks += $cutime + $cstime if $pid == $root;
    }
    return $ticks / sysconf(_SC_CLK_TCK);
}

# In list context httpd's and PostgreSQL's; otherwise their sum.
sub cpu_of {
    my ($do) = @_;
    my @roots  = (root_of("$work/t/logs/httpd.pid"), root_of("$work/pg/postmaster.pid"));
    my @before = map { used($_) } @roots;
    $do->();
    my @spent = map { used($roots[$_]) - $before[$_] } 0, 1;
    return wantarray ? @spent : $spent[0] + $spent[1];
}

# The highest resident memory (KiB) of any child of httpd so far.
sub peak_of {
    my $root = root_of("$work/t/logs/httpd.pid");
    my $most = 0;
    for my $path (glob '/proc/[0-9]*/status') {
        open my $file, '<', $path or next;
        my $text = join '', <$file>;
        next unless $text =~ /^PPid:\s+$root$/m;
        $most = $1 if $text =~ /^VmHWM:\s+(\d+)/m && $1 > $most;
    }
    return $most;
}

# Text number $number of the texts of $length bytes (an even number) with the same hash, for a hash that multiplies by
# 33.
sub colliding {
    my ($number, $length) = @_;
    return join '', map { $number >> $_ & 1 ? 'Ez' : 'FY' } 0 .. $length / 2 - 1;
}

1;
