#!/usr/bin/perl
# Completion of scimctl in bash, with the installed file. Needs bash.
#
#   SCIMCTL=/path/to/scimctl prove t/cli/completion.t
use strict;
use warnings;

use Cwd ();
use Test::More;

my $scimctl = $ENV{SCIMCTL} or BAIL_OUT('SCIMCTL must name the scimctl to test');
(my $root = Cwd::abs_path(__FILE__)) =~ s{/t/cli/[^/]+$}{};
plan skip_all => 'missing: bash' if !grep { -x "$_/bash" } split /:/, $ENV{PATH};

# The completions of the last word, sorted.
sub offered {
    my @words = @_;
    my $script = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _scimctl; printf "%s\n" "${COMPREPLY[@]}"';
    open my $pipe, '-|', 'bash', '-c', $script, "$root/conf/completion/scimctl", $scimctl, @words or die "bash: $!";
    chomp(my @lines = <$pipe>);
    close $pipe or die 'bash failed';
    return "@lines";
}

sub is_offered {
    my ($words, $expected) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return (ref $expected ? \&like : \&is)->(offered(@$words), $expected, "scimctl @$words");
}

is_offered([''], qr/^db .*\brole\b.* openapi --help --version$/);
is_offered(['ro'], 'role');
is_offered(['x'],  '');
is_offered(['role', ''], 'list show add set remove --help');
is_offered(['role', 's'], 'show set');
is_offered(['nothing', ''], '');
is_offered(['role', 'add', ''], '--tenant --display-name --db --json --help');
is_offered(['role', 'add', '--d'], '--display-name --db');
is_offered(['role', 'add', 'editor', '--tenant', 'acme', '--'], '--display-name --db --json --help');
is_offered(['role', 'add', '--tenant', ''], '');
is_offered(['tenant', 'set', 'acme', '--profile', ''], 'lenient rfc interop');
is_offered(['tenant', 'set', 'acme', '--profile', 'r'], 'rfc');
is_offered(['tenant', 'set', 'acme', '--profile', '=', 'r'], 'rfc');
is_offered(['tenant', 'set', 'acme', '--profile', '='], 'lenient rfc interop');
is_offered(['tenant', 'set', 'acme', '--json', '--pro'], '--profile');
is_offered(['db', ''], 'init upgrade status index --help');
is_offered(['db', 'index', '--'], '--db --drop --help --json --schema-dir --version');
is_offered(['db', 'index', '--schema-dir', ''], '');
is_offered(['doctor', ''], '--apachectl --db --help --json --schema-dir --url --version');
is_offered(['doctor', '--url', 'https://x', '--'], '--apachectl --db --help --json --schema-dir --version');
is_offered(['doctor', '--url', ''], '');

done_testing;
