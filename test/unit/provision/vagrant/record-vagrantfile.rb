# Evaluates Vagrantfiles as Vagrant would, and writes down every call made on its configuration.
# Usage: ruby record-vagrantfile.rb DIRECTORY... (each holds a Vagrantfile); prints one JSON line for each.
require 'json'

module Vagrant
  module Errors
    class VagrantError < StandardError; end
  end

  def self.require_version(*) = nil

  def self.configure(_version)
    yield Recorder.new('', $calls)
  end
end

# Every method exists and is written down with its arguments; a block is given recorders that know where they stand.
class Recorder < BasicObject
  def initialize(place, calls)
    @place = place
    @calls = calls
  end

  def method_missing(name, *args, **options, &block)
    @calls << { at: @place, call: name, args: args, options: options }
    # Run later, when a machine is started.
    return if name == :ruby

    inside = args.empty? || name.to_s.end_with?('=') ? name.to_s : "#{name}(#{args.first})"
    place = @place.empty? ? inside : "#{@place} #{inside}"
    block&.call(::Recorder.new(place, @calls), ::Recorder.new("#{place} override", @calls))
    ::Recorder.new(place, @calls)
  end

  def respond_to_missing?(*) = true
end

ARGV.each do |directory|
  reader, writer = IO.pipe
  errors, said = IO.pipe
  pid = fork do
    $stderr.reopen(said)
    $calls = []
    load File.join(directory, 'Vagrantfile')
    writer.write($calls.to_json)
  end
  [writer, said].each(&:close)
  texts = [Thread.new { reader.read }, Thread.new { errors.read }].map(&:value)
  _, status = Process.wait2(pid)
  puts({ exitCode: status.exitstatus, stderr: texts[1], calls: texts[0].empty? ? [] : JSON.parse(texts[0]) }.to_json)
end
